"""The most usual words of the language model, as a pronunciation dictionary of their own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["usual_words"]


@contextmanager
def usual_words(dictionary: Path, language_model: Any, count: int) -> Iterator[Path]:
    """A file with the ``count`` most probable words of ``dictionary``, while the context lasts.

    ``language_model`` is a PocketSphinx ``NGramModel``. A word keeps all its pronunciations.
    """
    pronunciations: dict[str, list[str]] = {}
    for line in dictionary.read_text("utf-8").splitlines():
        word = line.partition(" ")[0].partition("(")[0]
        pronunciations.setdefault(word, []).append(line)
    order = sorted(pronunciations, key=lambda word: -language_model.prob([word]))
    kept = [line for word in order[:count] for line in pronunciations[word]]
    with tempfile.TemporaryDirectory(prefix="rl-") as folder:
        path = Path(folder) / "usual.dict"
        path.write_text("\n".join(kept) + "\n", "utf-8")
        yield path
