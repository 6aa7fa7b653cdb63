"""From a JSON Schema to Hypothesis strategies for what it allows."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..values import is_number
from .library import hypothesis_library
from .schema_view import SchemaView, types_of

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["Strategies"]

_EXACT_INTEGERS = 2**53 - 1
"""Larger ones need not survive JSON (RFC 8259, section 6)."""

_LOWS, _HIGHS = ("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")
_CHECKED_AFTERWARDS = (
    "allOf", "oneOf", "not", "if", "contains", "dependentRequired", "dependentSchemas",
    "patternProperties", "propertyNames", "minProperties", "maxProperties", "unevaluatedItems",
    "unevaluatedProperties",
)  # fmt: skip

_ODD_TEXTS = (
    "",
    " ",
    "\n",
    "\0",
    "null",
    "-1",
    "'\"\\",
    "../../x",
    "ß",
    "e\u0301",  # a letter with a combining accent
    "\u202eabc",  # right to left from here
    "日本語",
    "🧑‍🚀",
    "\ufeff",
)


class Strategies:
    """Strategies for the parts of one schema. Simple values come first when examples shrink.

    The keywords of JSON Schema 2020-12 that `realtime_lab.tools` writes are drawn as such; what
    others demand is checked afterwards by a validator.
    """

    def __init__(self, view: SchemaView) -> None:
        self._view = view
        self._st: Any = hypothesis_library().strategies
        self._of_reference: dict[str, Any] = {}
        # By the identity of a part, which is kept beside what was made of it.
        self._of_branch: dict[int, tuple[Any, Any]] = {}
        self._anything = self._st.recursive(
            self._st.none() | self._st.booleans() | self._st.integers(-9, 9) | self._text({}),
            lambda inner: (
                self._st.lists(inner, max_size=2)
                | self._st.dictionaries(self._name(), inner, max_size=2)
            ),
            max_leaves=4,
        )

    def arguments(self) -> SearchStrategy[dict[str, Any]]:
        """Objects that the whole schema allows."""
        return self._of({"type": "object", **self._view.root})

    def _of(self, schema: Any) -> Any:
        st = self._st
        if schema is False:
            return st.nothing()
        if schema is True or not schema:
            return self._anything
        if "$ref" in schema and set(schema) <= {"$ref", "description", "title", "default"}:
            return self._referred(schema["$ref"])
        schema = self._view.resolved(schema)
        if not isinstance(schema, Mapping):
            return self._of(schema)
        drawn = self._drawn(schema)
        if any(word in schema for word in _CHECKED_AFTERWARDS):
            return drawn.filter(lambda value: self._view.is_valid(value, schema))
        return drawn

    def _referred(self, reference: str) -> Any:
        if reference not in self._of_reference:
            target = self._view.target(reference)
            self._of_reference[reference] = self._st.deferred(lambda: self._of(target))
        return self._of_reference[reference]

    def _branch(self, schema: Any) -> Any:
        """An alternative; one that holds references may lead back to itself, and is made later."""
        if not _refers(schema):
            return self._of(schema)
        if id(schema) not in self._of_branch:
            self._of_branch[id(schema)] = (schema, self._st.deferred(lambda: self._of(schema)))
        return self._of_branch[id(schema)][1]

    def _drawn(self, schema: Mapping[str, Any]) -> Any:
        st = self._st
        if "const" in schema:
            return st.just(schema["const"])
        if "enum" in schema:
            allowed = [value for value in schema["enum"] if self._view.is_valid(value, schema)]
            return st.sampled_from(allowed) if allowed else st.nothing()
        if "allOf" in schema:
            return self._of(self._together(schema))
        branches = self._view.branches(schema)
        if branches:
            return st.one_of(*map(self._branch, branches))
        kinds = types_of(schema)
        if not kinds:
            return self._anything.filter(lambda value: self._view.is_valid(value, schema))
        return st.one_of(*(self._of_type(kind, schema) for kind in kinds))

    def _together(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """``allOf`` as one schema, as far as it goes; a validator checks the rest."""
        whole = {name: value for name, value in schema.items() if name != "allOf"}
        for part in schema["allOf"]:
            part = self._view.resolved(part)
            if not isinstance(part, Mapping):
                continue
            for name, value in part.items():
                if name == "properties":
                    whole[name] = {**whole.get(name, {}), **value}
                elif name == "required":
                    whole[name] = [*whole.get(name, ()), *value]
                else:
                    whole.setdefault(name, value)
        return whole

    def _of_type(self, kind: str, schema: Mapping[str, Any]) -> Any:
        st = self._st
        match kind:
            case "null":
                return st.none()
            case "boolean":
                return st.booleans()
            case "integer":
                return self._integers(schema)
            case "number":
                return self._numbers(schema)
            case "string":
                return self._strings(schema)
            case "array":
                return self._arrays(schema)
        return self._objects(schema)

    def _integers(self, schema: Mapping[str, Any]) -> Any:
        st = self._st
        least, most = _bounds(schema)
        step = schema.get("multipleOf")
        if step and step == int(step):
            step = int(step)
            least, most = -(-_whole_up(least) // step), _whole_down(most) // step
            return st.nothing() if least > most else st.integers(least, most).map(step.__mul__)
        low, high = _whole_up(least), _whole_down(most)
        if _is_exclusive(schema, "exclusiveMinimum", low):
            low += 1
        if _is_exclusive(schema, "exclusiveMaximum", high):
            high -= 1
        if low > high:
            return st.nothing()
        drawn = st.integers(low, high)
        return drawn.filter(lambda value: value % step == 0) if step else drawn

    def _numbers(self, schema: Mapping[str, Any]) -> Any:
        st = self._st
        least, most = _bounds(schema)
        if "multipleOf" in schema:
            step = schema["multipleOf"]
            drawn = st.integers(int(least // step), int(most // step)).map(lambda n: n * step)
            return drawn.filter(lambda value: self._view.is_valid(value, schema))
        fractions = st.floats(
            float(least) if _numbers_at(schema, *_LOWS) else None,
            float(most) if _numbers_at(schema, *_HIGHS) else None,
            allow_nan=False,
            allow_infinity=False,
            allow_subnormal=False,
            exclude_min=_is_exclusive(schema, "exclusiveMinimum", least),
            exclude_max=_is_exclusive(schema, "exclusiveMaximum", most),
        )
        return self._integers({k: v for k, v in schema.items() if k != "multipleOf"}) | fractions

    def _strings(self, schema: Mapping[str, Any]) -> Any:
        st = self._st
        pattern = schema.get("pattern")
        if pattern is not None:
            try:
                drawn = st.from_regex(re.compile(pattern))
            except re.error:  # of another language than Python's
                drawn = st.text()
            return drawn.filter(lambda value: self._view.is_valid(value, schema))
        if schema.get("contentEncoding") == "base64":
            return st.binary().map(lambda data: base64.b64encode(data).decode())
        made = _FORMATS.get(schema.get("format", ""))
        if made is None:
            return self._text(schema)
        drawn = made(st)
        if "minLength" in schema or "maxLength" in schema:
            drawn = drawn.filter(lambda value: self._view.is_valid(value, schema))
        return drawn

    def _text(self, schema: Mapping[str, Any]) -> Any:
        """Texts: plain, odd and huge ones."""
        st = self._st
        least, most = schema.get("minLength", 0), schema.get("maxLength")
        odd = [t for t in _ODD_TEXTS if least <= len(t) and (most is None or len(t) <= most)]
        drawn = [st.text(min_size=least, max_size=most)]
        if odd:
            drawn.append(st.sampled_from(odd))
        huge = [2**n for n in range(4, 17) if least <= 2**n and (most is None or 2**n <= most)]
        if huge:
            drawn.append(st.sampled_from(huge).map("x".__mul__))
        return st.one_of(*drawn)

    def _name(self) -> Any:
        return self._st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8)

    def _arrays(self, schema: Mapping[str, Any]) -> Any:
        st = self._st
        first = schema.get("prefixItems", ())
        rest = schema.get("items", True)
        if isinstance(rest, list):  # how tuples were written before 2020-12
            first, rest = rest, schema.get("additionalItems", True)
        least, most = schema.get("minItems", 0), schema.get("maxItems")
        if first:
            drawn = st.tuples(*map(self._of, first)).map(list)
            if rest is not False and most != len(first):
                drawn = st.builds(
                    list.__add__, drawn, st.lists(self._of(rest), max_size=max(2, least))
                )
            return drawn.filter(lambda value: self._view.is_valid(value, schema))
        if rest is False:
            return st.just([])
        unique = _canonical if schema.get("uniqueItems") else None
        if _refers(rest):  # perhaps to what it is in: mostly empty, so that it comes to an end
            few = least + 2 if most is None else min(most, least + 2)
            drawn = st.lists(self._of(rest), min_size=least, max_size=few, unique_by=unique)
            return drawn if least else st.just([]) | drawn
        return st.lists(self._of(rest), min_size=least, max_size=most, unique_by=unique)

    def _objects(self, schema: Mapping[str, Any]) -> Any:
        st = self._st
        properties = schema.get("properties", {})
        required = dict.fromkeys(schema.get("required", ()))
        must = {name: self._of(properties.get(name, True)) for name in required}
        may = {name: self._of(part) for name, part in properties.items() if name not in required}
        known = st.fixed_dictionaries(must, optional=may)
        others = schema.get("additionalProperties", True)
        if others is False:
            return known
        names = self._name().filter(lambda name: name not in properties)
        wanted = max(0, schema.get("minProperties", 0) - len(must))
        is_map = isinstance(others, Mapping) and bool(others)
        most = schema.get("maxProperties")
        if most is None and not wanted and (not is_map or _refers(others)):
            most = 1
        more = st.dictionaries(names, self._of(others), min_size=wanted, max_size=most)
        if not wanted and (not is_map or _refers(others)):
            more = st.just({}) | more
        return st.builds(lambda one, two: {**two, **one}, known, more)


def _refers(schema: Any) -> bool:
    """Whether a reference is anywhere in a part."""
    if isinstance(schema, list):
        return any(map(_refers, schema))
    if not isinstance(schema, Mapping):
        return False
    return "$ref" in schema or any(map(_refers, schema.values()))


def _bounds(schema: Mapping[str, Any]) -> tuple[float, float]:
    """The least and the most that is allowed, or that JSON carries without loss."""
    lows, highs = _numbers_at(schema, *_LOWS), _numbers_at(schema, *_HIGHS)
    least = max(lows) if lows else min([-_EXACT_INTEGERS, *(2 * high for high in highs)])
    most = min(highs) if highs else max([_EXACT_INTEGERS, *(2 * low for low in lows)])
    return least, most


def _numbers_at(schema: Mapping[str, Any], *names: str) -> list[float]:
    return [schema[name] for name in names if is_number(schema.get(name))]


def _is_exclusive(schema: Mapping[str, Any], name: str, bound: float) -> bool:
    return _numbers_at(schema, name) == [bound]


def _whole_up(value: float) -> int:
    return -int(-value // 1)


def _whole_down(value: float) -> int:
    return int(value // 1)


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


_FORMATS: Mapping[str, Callable[[Any], Any]] = {
    "date": lambda st: st.dates().map(lambda day: day.isoformat()),
    "date-time": lambda st: st.datetimes().map(lambda at: f"{at.isoformat()}Z"),
    "time": lambda st: st.times().map(lambda at: f"{at.isoformat()}Z"),
    "duration": lambda st: st.integers(0, 10**6).map(lambda seconds: f"PT{seconds}S"),
    "uuid": lambda st: st.uuids().map(str),
    "decimal": lambda st: st.integers(-(10**6), 10**6).map(lambda cents: f"{cents / 100:.2f}"),
    "email": lambda st: st.from_regex(r"[a-z]{1,8}@example\.org", fullmatch=True),
    "uri": lambda st: st.from_regex(r"https://example\.org/[a-z]{0,8}", fullmatch=True),
    "hostname": lambda st: st.from_regex(r"[a-z]{1,8}\.example\.org", fullmatch=True),
    "ipv4": lambda st: st.ip_addresses(v=4).map(str),
    "ipv6": lambda st: st.ip_addresses(v=6).map(str),
}
"""Texts of the formats that JSON Schema and msgspec name; of others any text is drawn."""
