"""Speech by a Piper voice whose files are on this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from realtime_lab.errors import EngineError

from .espeak_voices import ESPEAK_VOICES
from .model_speech import speak_by_sentence
from .stages import SpeechChunk

__all__ = ["PiperSynthesizer"]


class PiperSynthesizer:
    """Satisfies `Synthesizer` with an ``.onnx`` voice and its ``.onnx.json`` beside it.

    The session's voice names are spread over the speakers of the model; a model of one speaker
    says everything in the same voice. Needs the extra ``piper``; raises `EngineError` where the
    package or a file is missing. ``model`` is an already loaded ``PiperVoice``.
    """

    def __init__(self, path: str | Path, *, model: Any = None) -> None:
        self._model = model if model is not None else _load(Path(path))
        self._speakers = max(1, int(getattr(self._model.config, "num_speakers", 1) or 1))
        self._thread = ThreadPoolExecutor(1, "realtime-lab-piper")

    @property
    def voices(self) -> Sequence[str]:
        """Names accepted by `speak`."""
        return tuple(ESPEAK_VOICES)

    async def speak(
        self, text: str, voice: str, *, speed: float = 1.0
    ) -> AsyncIterator[SpeechChunk]:
        """Stream ``text``; the first chunk comes when the first sentence is rendered."""
        if voice not in ESPEAK_VOICES:
            raise EngineError(
                f"there is no voice {voice!r}. Choose one of: {', '.join(self.voices)}."
            )
        speaker = self.voices.index(voice) % self._speakers

        def render(sentence: str) -> Iterator[tuple[Any, int]]:
            for chunk in self._model.synthesize(sentence, self._settings(speaker, speed)):
                yield chunk.audio_int16_array, chunk.sample_rate

        async for chunk in speak_by_sentence(text, render, self._thread):
            yield chunk

    def _settings(self, speaker: int, speed: float) -> Any:
        from piper import SynthesisConfig  # pyright: ignore[reportMissingImports]

        chosen = speaker if self._speakers > 1 else None
        return SynthesisConfig(speaker_id=chosen, length_scale=1 / speed)


def _load(path: Path) -> Any:
    for needed in (path, path.with_name(path.name + ".json")):
        if not needed.is_file():
            raise EngineError(
                f"there is no Piper voice file {needed}. Download a voice (an .onnx file and its "
                ".onnx.json) and give the path of the .onnx file."
            )
    try:
        from piper import PiperVoice  # pyright: ignore[reportMissingImports]
    except ImportError as missing:
        raise EngineError(
            'a Piper voice needs piper-tts. Install it with: pip install "realtime-lab[piper]"'
        ) from missing
    try:
        return PiperVoice.load(path)
    except Exception as reason:  # whatever its parsers raise on a file that is no voice
        raise EngineError(f"{path} could not be loaded as a Piper voice: {reason}") from reason
