"""What it costs to read the arguments of a call, and to describe a function.

Beside pydantic (a `TypeAdapter` of the function, which reads the JSON and calls it, as a function
under `validate_call` does with values), and beside a msgspec struct written by hand, which is the
least there is: it refuses ``3.0`` for a whole number, knows no bounds of others and calls no
constructor of a dataclass. The readers take turns within one run; the best CPU time of each counts.
"""

from __future__ import annotations

import enum
import inspect
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
import pydantic

from realtime_lab.tools import Tool

CALLS = 5000
DESCRIPTIONS = 100
ROUNDS = 7


class Unit(enum.Enum):
    CELSIUS = "c"
    FAHRENHEIT = "f"


@dataclass
class Place:
    city: str
    country: str = "NO"


def one_text(city: str) -> None: ...


def scalars(
    city: str, days: int, ratio: float, dry: bool = False, unit: Literal["c", "f"] = "c"
) -> None: ...


def lists(names: list[str], numbers: list[int], note: str | None = None) -> None: ...


def choices(unit: Unit, other: Unit | None = None, kind: Literal["a", "b"] = "a") -> None: ...


def bounds(city: str, seats: Annotated[int, pydantic.Field(ge=1, le=9)] = 2) -> None: ...


def records(place: Place, stops: list[Place], unit: Unit = Unit.CELSIUS) -> None: ...


EXAMPLES: list[tuple[Any, dict[str, Any]]] = [
    (one_text, {"city": "Oslo"}),
    (scalars, {"city": "Oslo", "days": 3, "ratio": 1.5, "dry": True, "unit": "f"}),
    (lists, {"names": ["a", "b", "c"], "numbers": [1, 2, 3]}),
    (choices, {"unit": "c", "other": "f", "kind": "b"}),
    (bounds, {"city": "Oslo", "seats": 3}),
    (records, {"place": {"city": "Oslo"}, "stops": [{"city": "Bergen"}, {"city": "Voss"}]}),
]


def struct_reader(function: Callable[..., None]) -> Callable[[str], Any]:
    """As one would write it with msgspec alone."""
    fields: list[Any] = []
    for name, parameter in inspect.signature(function, eval_str=True).parameters.items():
        default = () if parameter.default is parameter.empty else (parameter.default,)
        fields.append((name, parameter.annotation, *default))
    struct = msgspec.defstruct("Arguments", fields, kw_only=True, forbid_unknown_fields=True)
    return msgspec.json.Decoder(struct).decode


def best(works: dict[str, Callable[[], object]], times: int) -> dict[str, float]:
    """Microseconds of CPU that each takes."""
    found = dict.fromkeys(works, float("inf"))
    for _ in range(ROUNDS):
        for name, work in works.items():
            begun = time.process_time()
            for _ in range(times):
                work()
            found[name] = min(found[name], (time.process_time() - begun) / times * 1e6)
    return found


def main() -> None:
    print("µs per call         tool   pydantic    msgspec   tool / pydantic   refused")
    for function, arguments in EXAMPLES:
        right, wrong = json.dumps(arguments), json.dumps({**arguments, "more": 1})
        read = Tool.from_function(function).read_arguments
        call = pydantic.TypeAdapter(function).validate_json
        decode = struct_reader(function)

        def refused(read: Callable[[str], Any] = read, wrong: str = wrong) -> None:
            try:
                read(wrong)
            except Exception:
                return

        found = best(
            {
                "tool": lambda read=read, right=right: read(right),
                "pydantic": lambda call=call, right=right: call(right),
                "msgspec": lambda decode=decode, right=right: decode(right),
                "refused": refused,
            },
            CALLS,
        )
        print(
            f"  {function.__name__:<12} {found['tool']:>9.2f} {found['pydantic']:>10.2f} "
            f"{found['msgspec']:>10.2f} {found['tool'] / found['pydantic']:>13.1f} × "
            f"{found['refused']:>11.2f} refused"
        )

    print("\nµs per description  tool   pydantic   tool / pydantic")
    for function, _ in EXAMPLES:
        found = best(
            {
                "tool": lambda function=function: Tool.from_function(function),
                "pydantic": lambda function=function: pydantic.TypeAdapter(function).json_schema(),
            },
            DESCRIPTIONS,
        )
        print(
            f"  {function.__name__:<12} {found['tool']:>9.0f} {found['pydantic']:>10.0f} "
            f"{found['tool'] / found['pydantic']:>13.1f} ×"
        )


if __name__ == "__main__":
    main()
