"""Run the notebooks and save them with their outputs: ``python -m tests.render_notebooks``.

What is saved looks the same with and without a live kernel: a widget leaves its static form alone,
and no widget state.
"""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
LIVE_WIDGET = "application/vnd.jupyter.widget-view+json"


def main() -> None:
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        NotebookClient(notebook, timeout=180, kernel_name="python3").execute()
        keep_static(notebook)
        nbformat.write(notebook, path)
        print(path.name)


def keep_static(notebook: nbformat.NotebookNode) -> None:
    """Take out what only a running kernel could show, and when and where the notebook ran."""
    notebook.metadata.pop("widgets", None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop(LIVE_WIDGET, None)
        if "outputs" in cell:
            cell.outputs = joined(cell.outputs)


def joined(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """What was printed in one go, in one piece, however quick the machine was."""
    found: list[nbformat.NotebookNode] = []
    for output in outputs:
        before = found[-1] if found else None
        if before is not None and "name" in output and before.get("name") == output.name:
            before.text += output.text
        else:
            found.append(output)
    return found


if __name__ == "__main__":
    main()
