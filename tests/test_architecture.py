"""The rooms of the package and the arrows between them."""

import ast
from pathlib import Path

import pytest

import realtime_lab

PACKAGE = Path(realtime_lab.__file__).parent

EVERY_ROOM = {
    "errors", "protocol", "audio", "eventlog", "tools", "session", "engine", "server", "widgets",
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
    "widgets": EVERY_ROOM - {"server", "engine"},
    "lab": EVERY_ROOM,
    "cli": EVERY_ROOM | {"lab", "doctor"},
    "doctor": EVERY_ROOM | {"lab"},
    "__init__": EVERY_ROOM | {"lab"},
    "__main__": {"cli"},
}


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_modules(path: Path) -> list[tuple[str, int]]:
    """Absolute names of everything that `path` imports from the package, with line numbers."""
    package = ("realtime_lab", *path.relative_to(PACKAGE).parent.parts)
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            found += [(f"{module}.{alias.name}", node.lineno) for alias in node.names]
    return [(name, line) for name, line in found if name.startswith("realtime_lab.")]


SOURCES = sorted(p for p in PACKAGE.rglob("*.py") if "node_modules" not in p.parts)


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_room_imports_only_the_rooms_it_may(path: Path):
    room = room_of(path)
    assert room in MAY_IMPORT, f"{path} is in no known room"
    for module, line in imported_modules(path):
        target = module.split(".")[1]
        allowed = MAY_IMPORT[room] | {room}
        assert target in allowed, f"{path}:{line}: {room} must not import {target} ({module})"


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_room_is_entered_by_its_front_door(path: Path):
    """Other rooms import from a room's `__init__`, never from a module inside it."""
    room = room_of(path)
    modules = {
        ".".join(("realtime_lab", *p.relative_to(PACKAGE).with_suffix("").parts)) for p in SOURCES
    }
    for module, line in imported_modules(path):
        target, *inside = module.split(".")[1:]
        if target != room and (PACKAGE / target).is_dir() and inside:
            inner = f"realtime_lab.{target}.{inside[0]}"
            assert inner not in modules, f"{path}:{line}: reaches inside {target} ({module})"
