"""What a session asked for beside what the service confirmed."""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import msgspec

from ..errors import SettingIgnored
from ..protocol import (
    REQUEST_TAG,
    ClientEvent,
    ErrorEvent,
    ResponseConfig,
    ResponseCreate,
    ResponseCreated,
    ServerEvent,
    SessionConfig,
    SessionUpdate,
    SessionUpdated,
    Setting,
    UnknownEvent,
    compared,
    compared_response,
    shown,
)
from .settings import merged
from .tables import Table

__all__ = ["AskedSettings", "SettingsReport"]

_OUR_TAG = f"metadata.{REQUEST_TAG}"


@dataclass(frozen=True)
class SettingsReport(Sequence[Setting]):
    """The settings of a session as rows: what was asked, what is in force, and whether it is so.

    ``effective`` are those in force, as the service told them; ``responses`` are rows of single
    responses that came out other than asked, by the id of the response.
    """

    rows: tuple[Setting, ...]
    effective: SessionConfig
    responses: Mapping[str, tuple[Setting, ...]]

    @property
    def ignored(self) -> list[Setting]:
        """The rows that differ."""
        of_responses = (row for rows in self.responses.values() for row in rows)
        return [row for row in (*self.rows, *of_responses) if row.ignored]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, str):
            found = next((row for row in self.rows if row.name == index), None)
            if found is None:
                raise KeyError(index)
            return found
        return self.rows[index]

    def __iter__(self) -> Iterator[Setting]:
        return iter(self.rows)

    def table(self) -> Table:
        of_responses = [
            (f"{response_id}: {row.name}", row)
            for response_id, rows in self.responses.items()
            for row in rows
        ]
        listed = [*((row.name, row) for row in self.rows), *of_responses]
        words = {True: "yes", False: "NO", None: ""}
        count = len(self.ignored)
        return Table(
            "Settings: all that was asked for is in force"
            if not count
            else f"Settings: {count} not as asked for",
            ("setting", "asked", "in force", "same"),
            [
                (name, shown(row.asked), shown(row.effective), words[row.same])
                for name, row in listed
            ],
            words=4,
            strong=[n for n, (_, row) in enumerate(listed) if row.ignored],
        )

    def __repr__(self) -> str:
        return self.table().text()

    def _repr_html_(self) -> str:
        return self.table().html()


class AskedSettings:
    """Remembers what was asked for, and compares it with each confirmation.

    A difference is marked ``lab.setting_ignored`` (``setting``, ``asked``, ``effective``, ``told``)
    and warned of with `SettingIgnored`; once for each value that was asked.
    """

    CONCERNS: ClassVar = frozenset({SessionUpdated.type, ResponseCreated.type, ErrorEvent.type})
    SENT: ClassVar = frozenset({SessionUpdate.type, ResponseCreate.type})
    KEPT = 100
    """Responses whose differences are kept."""

    def __init__(
        self,
        effective: Callable[[], SessionConfig],
        request_of: Callable[[str], str],
        mark: Callable[..., object],
    ) -> None:
        self._effective = effective
        self._request_of = request_of
        self._mark = mark
        self._asked: dict[str, Any] = {}
        self._updates: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._requests: dict[str, ResponseConfig] = {}
        self._responses: OrderedDict[str, tuple[Setting, ...]] = OrderedDict()
        self._told: set[tuple[str, str]] = set()

    def sent(self, event: ClientEvent) -> None:
        """Take an event of ours into account."""
        if isinstance(event, SessionUpdate):
            self._updates[str(event.event_id)] = msgspec.to_builtins(event.session)
        elif isinstance(event, ResponseCreate) and event.response:
            self._requests[str(event.event_id)] = event.response

    def apply(self, event: ServerEvent | UnknownEvent) -> None:
        """Take an event of the service into account, after the settings in force were noted."""
        match event:
            case SessionUpdated():
                if self._updates:
                    _, asked = self._updates.popitem(last=False)
                    self._asked = merged(self._asked, asked)
                    self._tell(compared(self._asked, event.session))
            case ResponseCreated():
                self._compare_response(event)
            case ErrorEvent():
                self._refused(event.error.event_id or "")

    def lost(self) -> None:
        """The connection is gone: what was not answered is not, or is asked for again."""
        self._requests.clear()

    def report(self) -> SettingsReport:
        """All settings, as they are now."""
        effective = self._effective()
        rows = tuple(compared(self._asked, effective))
        return SettingsReport(rows, effective, dict(self._responses))

    def _compare_response(self, event: ResponseCreated) -> None:
        asked = self._requests.pop(self._request_of(event.response.id), None)
        if asked is None:
            return
        rows = compared_response(asked, event.response)
        different = tuple(row for row in rows if row.ignored and row.name != _OUR_TAG)
        if different:
            self._responses[event.response.id] = different
            while len(self._responses) > self.KEPT:
                self._responses.popitem(last=False)
            self._tell(different, response_id=event.response.id)

    def _refused(self, event_id: str) -> None:
        self._updates.pop(event_id, None)
        self._requests.pop(event_id, None)

    def _tell(self, rows: Sequence[Setting], **of_response: str) -> None:
        for row in rows:
            key = (row.name, shown(row.asked))
            if not row.ignored or key in self._told:
                continue
            self._told.add(key)
            told = f"the service did not follow a setting: {row.sentence}"
            self._mark(
                "lab.setting_ignored",
                setting=row.name,
                asked=shown(row.asked),
                effective=shown(row.effective),
                told=told,
                **of_response,
            )
            warnings.warn(told, SettingIgnored, stacklevel=2)
