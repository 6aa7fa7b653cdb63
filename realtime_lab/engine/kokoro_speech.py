"""Speech by Kokoro, where its files are on this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from realtime_lab.errors import EngineError

from .model_speech import speak_by_sentence
from .stages import SpeechChunk

__all__ = ["KokoroSynthesizer"]

_OWN_NAMES = {
    "alloy": "af_alloy",
    "ash": "am_adam",
    "ballad": "bm_fable",
    "coral": "af_bella",
    "echo": "am_echo",
    "sage": "af_sarah",
    "shimmer": "af_sky",
    "verse": "am_puck",
    "marin": "af_nova",
    "cedar": "am_michael",
}
"""The session's voice names and the voices of Kokoro 1.0 that speak for them."""


class KokoroSynthesizer:
    """Satisfies `Synthesizer` with Kokoro's model and voices files.

    Takes the session's voice names and Kokoro's own. Needs the extra ``kokoro``; raises
    `EngineError` where the package or a file is missing. ``model`` is an already loaded ``Kokoro``.
    """

    def __init__(
        self, model_path: str | Path, voices_path: str | Path, *, model: Any = None
    ) -> None:
        self._model = model if model is not None else _load(Path(model_path), Path(voices_path))
        self._known = tuple(self._model.get_voices())
        # One thread: Kokoro's phonemiser is not safe for more.
        self._thread = ThreadPoolExecutor(1, "realtime-lab-kokoro")

    @property
    def voices(self) -> Sequence[str]:
        """Names accepted by `speak`."""
        return (*_OWN_NAMES, *self._known)

    async def speak(
        self, text: str, voice: str, *, speed: float = 1.0
    ) -> AsyncIterator[SpeechChunk]:
        """Stream ``text``; the first chunk comes when the first sentence is rendered.

        Kokoro speaks at half speed at the slowest; ``speed`` below that is taken as 0.5.
        """
        if voice not in self.voices:
            raise EngineError(
                f"there is no voice {voice!r}. Choose one of: {', '.join(self.voices)}."
            )
        own = _OWN_NAMES.get(voice, voice)
        if own not in self._known:
            own = self._known[list(_OWN_NAMES).index(voice) % len(self._known)]
        language = "en-gb" if own.startswith("b") else "en-us"

        def render(sentence: str) -> Iterator[tuple[Any, int]]:
            yield self._model.create(sentence, voice=own, speed=max(0.5, speed), lang=language)

        async for chunk in speak_by_sentence(text, render, self._thread):
            yield chunk


def _load(model: Path, voices: Path) -> Any:
    for needed in (model, voices):
        if not needed.is_file():
            raise EngineError(
                f"there is no Kokoro file {needed}. Download the model (.onnx) and the voices "
                "(.bin) of kokoro-onnx and give the paths of both."
            )
    try:
        from kokoro_onnx import Kokoro  # pyright: ignore[reportMissingImports]
    except ImportError as missing:
        raise EngineError(
            'Kokoro needs kokoro-onnx. Install it with: pip install "realtime-lab[kokoro]"'
        ) from missing
    try:
        return Kokoro(str(model), str(voices))
    except Exception as reason:  # whatever its runtime raises on a file that is no model
        raise EngineError(f"{model} could not be loaded as Kokoro: {reason}") from reason
