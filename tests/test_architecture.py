"""The rooms of the package and the arrows between them."""

import ast
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

import realtime_lab

PACKAGE = Path(realtime_lab.__file__).parent

EVERY_ROOM = {
    "errors", "protocol", "audio", "eventlog", "tools", "session", "engine", "server", "replay",
    "toolbench", "voices", "widgets",
}  # fmt: skip
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "protocol": {"errors"},
    "audio": {"errors"},
    "eventlog": {"errors", "protocol", "audio"},
    "tools": {"errors", "protocol"},
    "session": {"errors", "protocol", "audio", "eventlog", "tools"},
    "engine": {"errors", "audio"},
    "server": {"errors", "protocol", "audio", "engine"},
    "replay": {"errors", "protocol", "audio", "eventlog", "session", "engine"},
    "toolbench": {"errors", "protocol", "audio", "eventlog", "tools", "session"},
    "voices": {"errors", "protocol", "audio", "eventlog", "session"},
    "widgets": EVERY_ROOM - {"server", "engine"},
    "lab": EVERY_ROOM,
    "saved": EVERY_ROOM | {"lab"},
    "log_commands": EVERY_ROOM,
    "tool_commands": EVERY_ROOM,
    "cli": EVERY_ROOM | {"lab", "diagnosis", "log_commands", "tool_commands"},
    "diagnosis": EVERY_ROOM | {"lab"},
    "__init__": EVERY_ROOM | {"lab", "diagnosis", "saved"},
    "__main__": {"cli"},
}


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@dataclass(frozen=True)
class Import:
    """``from room.inside import name``, as far as it concerns this package."""

    room: str
    inside: str
    name: str
    line: int


def imports_of(path: Path) -> list[Import]:
    """Everything that `path` imports from the package."""
    package = ("realtime_lab", *path.relative_to(PACKAGE).parent.parts)
    found: list[tuple[str, str, int]] = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [(alias.name, "", node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            found += [(module, alias.name, node.lineno) for alias in node.names]
    imports = []
    for module, name, line in found:
        top, _, rest = module.partition(".")
        if top != "realtime_lab":
            continue
        room, _, inside = rest.partition(".")
        if not room:
            room, name = name, ""
        imports.append(Import(room, inside, name, line))
    return [i for i in imports if not i.room.startswith("__")]


SOURCES = sorted(p for p in PACKAGE.rglob("*.py") if "node_modules" not in p.parts)


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_room_imports_only_the_rooms_it_may(path: Path):
    room = room_of(path)
    assert room in MAY_IMPORT, f"{path} is in no known room"
    for found in imports_of(path):
        allowed = MAY_IMPORT[room] | {room}
        assert found.room in allowed, f"{path}:{found.line}: {room} must not import {found.room}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_room_is_entered_by_its_front_door(path: Path):
    """Other rooms import what a room's `__init__` exports, never a module inside it."""
    for found in imports_of(path):
        if found.room == room_of(path) or not (PACKAGE / found.room).is_dir():
            continue
        place = f"{path}:{found.line}"
        assert not found.inside, f"{place}: reaches inside {found.room} ({found.inside})"
        exported = import_module(f"realtime_lab.{found.room}").__all__
        assert found.name in exported, f"{place}: {found.room} does not export {found.name!r}"


def test_what_can_be_shown_as_a_table_gives_it_by_a_method_of_that_name():
    """``report.table()``, everywhere: nobody has to remember where the brackets are."""
    rooms = [import_module(f"realtime_lab.{room}") for room in EVERY_ROOM - {"errors"}]
    public = [getattr(room, name) for room in rooms for name in room.__all__]
    kinds = {one for one in public if isinstance(one, type)}
    tables = {kind: vars(kind)["table"] for kind in kinds if "table" in vars(kind)}
    assert len(tables) > 10
    assert all(map(callable, tables.values())), tables
