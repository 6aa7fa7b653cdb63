"""A JupyterLab and a Chromium to drive, for tests and benchmarks."""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MISSING = (
    "browser tests need `pip install playwright` and Chromium "
    "(on Debian `apt-get install chromium`)"
)
ROOT = Path(__file__).parent.parent.parent
START_SECONDS = 90
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
]
SETTINGS = {
    # No question about news and no look at a package index from a test.
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"windowingMode": "none"},
    "docmanager-extension/plugin": {"autosave": False},
}
CONSOLE = "section.rl-console"


def find_chromium() -> str | None:
    """Path of a Chromium that can be driven; ``None`` if `MISSING` holds."""
    if importlib.util.find_spec("playwright") is None:
        return None
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return next(filter(None, map(shutil.which, names)), None)


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: where it is and where its notebooks lie."""

    url: str
    token: str
    folder: Path

    def write_notebook(self, cells: list[str]) -> str:
        """Put a notebook of code cells where JupyterLab finds it; returns its name."""
        import nbformat

        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
            metadata={"kernelspec": kernel},
        )
        name = f"{secrets.token_hex(4)}.ipynb"
        nbformat.write(notebook, self.folder / name)
        return name


@contextmanager
def running_lab(folder: Path) -> Iterator[Lab]:
    """Start a JupyterLab that shares nothing with the user's own."""
    notebooks = folder / "notebooks"
    notebooks.mkdir()
    for name, values in SETTINGS.items():
        path = folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    lab = Lab(f"http://localhost:{port}", secrets.token_hex(16), notebooks)
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "IPYTHONDIR": str(folder / "ipython"),
    }
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
        "--expose-app-in-browser", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={lab.token}", f"--ServerApp.root_dir={notebooks}",
    ]  # fmt: skip
    with (folder / "lab.log").open("w") as log, ExitStack() as stack:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        stack.callback(process.wait)
        stack.callback(process.terminate)
        _wait_until_up(lab, process, folder / "lab.log")
        yield lab


def _wait_until_up(lab: Lab, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{lab.url}/api/status?token={lab.token}", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


class Notebook:
    """A notebook open in JupyterLab, and the console in it."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.console = page.locator(CONSOLE)

    def run_all(self) -> None:
        """Run every cell and wait for the console to be connected."""
        self.command("notebook:run-all-cells")
        self.until_connected()

    def run_first(self) -> None:
        """Run the first cell and wait for the console to be connected."""
        self.run_cell(0)
        self.until_connected()

    def until_connected(self) -> None:
        """Wait until the console says that it is connected."""
        self.console.first.locator(".rl-dot[data-state=open]").wait_for(timeout=60_000)

    def run_cell(self, index: int) -> None:
        """Run a cell without waiting for it."""
        self.page.evaluate(
            """index => {
              window.jupyterapp.shell.currentWidget.content.activeCellIndex = index;
              void window.jupyterapp.commands.execute('notebook:run-cell');
            }""",
            index,
        )

    def command(self, name: str, arguments: dict[str, Any] | None = None) -> None:
        """Execute a command of JupyterLab."""
        self.page.evaluate(
            "([name, args]) => { void window.jupyterapp.commands.execute(name, args); }",
            [name, arguments or {}],
        )

    def audio(self) -> dict[str, Any]:
        """The console's account of its audio (frontend/src/hooks.ts)."""
        return self.page.evaluate("JSON.parse(JSON.stringify(globalThis.__realtimeLab))")

    def wait(self, condition: str, seconds: float = 60) -> None:
        """Wait for a condition in JavaScript on ``audio``, the console's account of its audio."""
        self.page.wait_for_function(
            f"() => {{ const audio = globalThis.__realtimeLab; return audio && ({condition}); }}",
            timeout=1000 * seconds,
        )

    def button(self, name: str) -> Any:
        """A button of the console by its accessible name."""
        return self.console.get_by_role("button", name=name, exact=True)

    def raw_microphone(self) -> None:
        """Turn the browser's voice processing off: it takes a recording for noise or echo."""
        self.console.locator("summary").click()
        self.console.get_by_label("Echo cancellation").uncheck()
        self.console.get_by_label("Noise suppression").uncheck()
        self.console.locator("summary").press("Escape")


class Browser:
    """A Chromium that opens notebooks of `lab`; close the stack to close it."""

    def __init__(self, stack: ExitStack, chromium: str, lab: Lab) -> None:
        from playwright.sync_api import sync_playwright

        self._stack = stack
        self._playwright = stack.enter_context(sync_playwright())
        self._chromium = chromium
        self._lab = lab

    def open(
        self, cells: list[str], *, microphone: Path | None = None, allowed: bool = True
    ) -> Notebook:
        """A new notebook of the given cells, its kernel idle.

        ``microphone`` is a WAV file, played once and then silence; ``allowed`` says whether the
        user lets the page listen.
        """
        flags = list(FLAGS)
        if microphone:
            flags.append(f"--use-file-for-fake-audio-capture={microphone}%noloop")
        browser = self._playwright.chromium.launch(executable_path=self._chromium, args=flags)
        self._stack.callback(browser.close)
        context = browser.new_context(
            viewport={"width": 1100, "height": 900},
            permissions=["microphone"] if allowed else [],
        )
        page = context.new_page()
        name = self._lab.write_notebook(cells)
        page.goto(f"{self._lab.url}/doc/tree/{name}?token={self._lab.token}")
        page.wait_for_function(
            "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel"
            "?.status === 'idle'",
            timeout=1000 * START_SECONDS,
        )
        return Notebook(page)


def write_microphone(path: Path, *parts: Path | float, rate: int = 48_000) -> Path:
    """A WAV file for the microphone, of recordings and silences (seconds)."""
    import numpy as np
    import soundfile

    from realtime_lab.audio import Clip

    pieces = [
        np.zeros(round(part * rate), np.int16)
        if isinstance(part, float | int)
        else Clip.read(part).at_rate(rate).samples
        for part in parts
    ]
    soundfile.write(path, np.concatenate(pieces), rate, subtype="PCM_16")
    return path
