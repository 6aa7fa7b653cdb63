"""A piece of audio that is complete: read, written, shown in a notebook."""

from __future__ import annotations

import base64
import io
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from uuid import uuid4

import numpy as np

from ..errors import AudioError
from .levels import is_silent
from .pcm import RATE, Samples, pcm_to_samples, samples_to_pcm, to_int16
from .resample import resample

__all__ = ["Clip"]


@dataclass(frozen=True, eq=False)
class Clip:
    """Mono audio. ``samples`` is a one-dimensional int16 array at ``rate``.

    Shown by a notebook as an audio player.
    """

    samples: Samples
    rate: int = RATE

    def __post_init__(self) -> None:
        if not isinstance(self.samples, np.ndarray):
            raise AudioError(
                f"a clip holds an int16 array, not {type(self.samples).__name__}; Clip.from_pcm(…) "
                "takes bytes, Clip.read(…) a sound file"
            )
        if self.samples.ndim != 1 or self.samples.dtype != np.int16:
            raise AudioError(
                "a clip holds a one-dimensional int16 array, not "
                f"{self.samples.ndim} dimensions of {self.samples.dtype}; "
                "mix to mono and scale to int16 first"
            )

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read a sound file as mono at 24 kHz; any format that libsndfile knows.

        Raises `AudioError` when the file is missing, unreadable or empty.
        """
        import soundfile

        path = Path(path)
        if not path.is_file():
            raise AudioError(f"there is no sound file {path}; check the path")
        try:
            samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
        except (soundfile.LibsndfileError, OSError) as error:
            raise AudioError(
                f"{path} cannot be read as sound ({error}); convert it to WAV or FLAC"
            ) from error
        if not len(samples):
            raise AudioError(f"{path} holds no audio; record it again")
        mono = samples.mean(axis=1, dtype=np.float32)
        return cls(to_int16(resample(mono, rate, RATE)))

    @classmethod
    def from_pcm(cls, pcm: bytes, rate: int = RATE) -> Self:
        """Wrap PCM16 little-endian mono bytes."""
        return cls(pcm_to_samples(pcm), rate)

    @property
    def seconds(self) -> float:
        return self.samples.size / self.rate

    @property
    def pcm(self) -> bytes:
        """PCM16 little-endian bytes at the clip's rate."""
        return samples_to_pcm(self.samples)

    @property
    def is_silent(self) -> bool:
        """Whether nothing in the clip reaches -60 dBFS."""
        return is_silent(self.samples)

    def at_rate(self, rate: int) -> Clip:
        """The same sound at another sample rate."""
        return Clip(resample(self.samples, self.rate, rate), rate)

    @staticmethod
    def format_of(path: str | Path) -> str:
        """The sound format that a file name asks for, such as ``WAV``.

        Raises `AudioError` when its suffix names none.
        """
        import soundfile

        kind = Path(path).suffix[1:].upper()
        if kind not in soundfile.available_formats():
            raise AudioError(f"{path} does not end in a known sound format; use .wav or .flac")
        return kind

    def write(self, path: str | Path) -> Path:
        """Write the clip; the suffix (``.wav``, ``.flac``) names the format.

        An existing file is replaced in one step, so that no reader sees half of one. Raises
        `AudioError` when the format is unknown or the file cannot be written.
        """
        import soundfile

        path = Path(path)
        kind = self.format_of(path)
        partial = path.with_name(f".{path.name}.{uuid4().hex}")
        try:
            soundfile.write(partial, self.samples, self.rate, format=kind, subtype="PCM_16")
            partial.replace(path)
        except (soundfile.LibsndfileError, ValueError, OSError) as error:
            raise AudioError(
                f"{path} cannot be written ({error}); check the folder, or use .wav or .flac"
            ) from error
        finally:
            partial.unlink(missing_ok=True)
        return path

    def wav(self) -> bytes:
        """The clip as the bytes of a WAV file."""
        buffer = io.BytesIO()
        with wave.open(buffer, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(self.rate)
            file.writeframes(self.pcm)
        return buffer.getvalue()

    def __repr__(self) -> str:
        return f"Clip({self.seconds:.2f} s at {self.rate} Hz)"

    def mp3(self) -> bytes:
        """The clip as an MP3 file: small, for listening; `wav` is exact."""
        import soundfile

        buffer = io.BytesIO()
        soundfile.write(buffer, self.samples, self.rate, format="MP3")
        return buffer.getvalue()

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.mp3()).decode("ascii")
        return (
            f'<audio controls preload="metadata" title="{self.seconds:.2f} s" '
            f'src="data:audio/mpeg;base64,{data}"></audio>'
        )
