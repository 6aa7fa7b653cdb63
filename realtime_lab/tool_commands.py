"""The parts of the ``realtime-lab`` command that are about tools."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .errors import RealtimeLabError, ToolError

__all__ = ["add_tool_commands"]


def add_tool_commands(commands: Any) -> None:
    """Add ``check-tools`` to the command's subparsers."""
    check = commands.add_parser(
        "check-tools",
        help="tell what models trip over in the definitions of tools",
        description="Tell what a model or a service trips over in the definitions of tools, with a "
        "better version and what they cost in every turn; no model is asked. Python files and "
        "modules are imported. The exit code is 0 if there is no error among the findings, 1 if "
        "there is one, and 2 if the tools cannot be read.",
    )
    check.add_argument(
        "tools",
        nargs="*",
        metavar="TOOLS",
        help="package.module:NAME or file.py:NAME (a tool, or several; without :NAME all @tool "
        "functions), or tools.json (a list, or a session with tools; - is standard input)",
    )
    check.add_argument(
        "--model",
        default="gpt-realtime",
        help="whose prices and window count (default: %(default)s)",
    )
    check.add_argument(
        "--ignore", action="append", default=[], metavar="RULE", help="a rule not to look for"
    )
    check.add_argument("--rules", action="store_true", help="list the rules, and what they say")
    shown = check.add_mutually_exclusive_group()
    shown.add_argument("--json", action="store_true", help="print one JSON object")
    shown.add_argument(
        "--improved",
        action="store_true",
        help="print the definitions as JSON, with every suggestion in them",
    )
    check.set_defaults(command=_check_tools)


def _check_tools(parsed: argparse.Namespace) -> int:
    from .toolbench import TOOL_RULES, check_tools  # here, as no other command needs it

    if parsed.rules:
        rules = [asdict(rule.about) for rule in TOOL_RULES]
        if parsed.json:
            print(json.dumps(rules, ensure_ascii=False))
        else:
            for rule in rules:
                print(f"{rule['id']:28} {rule['severity']:8} {rule['title']}")
        return 0
    try:
        if not parsed.tools:
            raise ToolError("check-tools needs a Python file, a module or a JSON file, or --rules")
        tools = [tool for source in parsed.tools for tool in tools_at(source)]
        report = check_tools(tools, model=parsed.model, ignore=parsed.ignore)
    except RealtimeLabError as error:
        print(f"realtime-lab: {error}", file=sys.stderr)
        return 2
    if parsed.improved:
        print(json.dumps(report.improved(), ensure_ascii=False, indent=2, default=str))
    elif parsed.json:
        print(json.dumps(report.as_dict(), ensure_ascii=False, default=str))
    else:
        print(report)
    return 1 if report.has_errors else 0


def tools_at(source: str) -> list[Any]:
    """The tools that a word of the command line names.

    Raises:
        ToolError: saying what cannot be read there.
    """
    if source == "-" or source.endswith(".json"):
        return _from_json(source)
    place, colon, name = source.rpartition(":")
    # C:\tools.py has a colon too.
    if not colon or name.endswith(".py"):
        place, name = source, ""
    module = _module_at(place)
    if not name:
        from .tools import Tool

        found: Any = [value for value in vars(module).values() if isinstance(value, Tool)]
        if not found:
            raise ToolError(
                f"there is no @tool function in {place}; name what to check: {place}:NAME"
            )
        return found
    found = module
    for step in name.split("."):
        if not hasattr(found, step):
            raise ToolError(f"there is no {name!r} in {place}")
        found = getattr(found, step)
    return _listed(found, source)


def _module_at(place: str) -> Any:
    path = Path(place)
    try:
        if not place.endswith(".py"):
            if str(Path.cwd()) not in sys.path:
                sys.path.insert(0, str(Path.cwd()))
            return importlib.import_module(place)
        if not path.is_file():
            raise ToolError(f"there is no file {place}")
        return _run_file(path.resolve())
    except RealtimeLabError:
        raise
    except (Exception, SystemExit) as error:
        told = f"{type(error).__name__}: {error}"
        raise ToolError(f"{place} cannot be imported: {told}") from error


def _run_file(path: Path) -> Any:
    # Not by its own name: a file may be called as a module is that is imported already.
    name = f"_checked_{path.stem}_{abs(hash(path)):x}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ToolError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # the type hints of its classes are looked up there
    sys.path.insert(0, str(path.parent))
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _from_json(source: str) -> list[Any]:
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
        told = json.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise ToolError(f"cannot read {source}: {error}") from None
    except json.JSONDecodeError as error:
        raise ToolError(f"{source} is no JSON: {error}") from None
    # A session.update, a session, or what an MCP server answers to tools/list.
    for holder in ("session", "result"):
        told = told[holder] if isinstance(told, dict) and holder in told else told
    if isinstance(told, dict) and isinstance(told.get("tools"), list):
        return told["tools"]
    return _listed(told, source)


def _listed(found: Any, source: str) -> list[Any]:
    if isinstance(found, Mapping) or (callable(found) and not isinstance(found, Iterable)):
        return [found]
    if isinstance(found, Iterable) and not isinstance(found, str | bytes):
        return list(found)
    kind = type(found).__name__
    raise ToolError(f"{source} is a {kind}; give a tool or a list of tools")
