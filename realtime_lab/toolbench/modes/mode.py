"""What a mode is: how the calls of one tool are answered in a live session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

import msgspec

from ...errors import ToolError

__all__ = ["Count", "Mode", "Seconds", "Share", "checked"]

Seconds = Annotated[float, msgspec.Meta(ge=0.0, le=86_400.0)]
Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
Count = Annotated[int, msgspec.Meta(ge=1, le=100)]

M = TypeVar("M", bound="Mode")


class Mode(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """What all modes (`AnyMode`) share. A mode has no state: it may serve several tools.

    Each answers a call by ``answer(call)``, on the session's loop; cancelling that gives the call
    up. With ``cancel_on_barge_in`` it is given up when the user goes on before there is a result.
    """

    cancel_on_barge_in: bool = False

    @property
    def kind(self) -> str:
        """The name of the mode: ``automatic``, ``by_hand``, ``ask_first``, …"""
        return str(self.__struct_config__.tag)

    def described(self) -> dict[str, Any]:
        """The mode as plain data, with its ``kind``."""
        return msgspec.to_builtins(self)


def checked(mode: M, names: Mapping[str, str] | None = None) -> M:
    """The same mode, if its settings make sense.

    ``names`` are what the user calls those settings that are called otherwise here.

    Raises:
        ToolError: naming the setting that does not.
    """
    try:
        return msgspec.convert(msgspec.to_builtins(mode), type(mode))
    except msgspec.ValidationError as error:
        problem, _, place = str(error).replace("`", "").partition(" - at $.")
        name, value = (names or {}).get(place, place), getattr(mode, place, None)
        raise ToolError(f"rl.{mode.kind} cannot have {name}={value!r}: {problem}") from None
    except TypeError as error:
        raise ToolError(f"this is no setting of rl.{mode.kind}: {error}") from None
