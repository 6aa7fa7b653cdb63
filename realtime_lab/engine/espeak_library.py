"""The espeak-ng library behind one lock.

espeak-ng keeps its state in globals: two threads inside it at once end the process. Everything
that touches the library goes through the one `EspeakLibrary` of the process.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from realtime_lab.errors import EngineError

from .espeak_paths import data_folder, voice_folder

__all__ = ["EspeakLibrary", "WordStart", "espeak_library"]

_SYNCHRONOUS = 2
_DONT_EXIT = 0x8000
_UTF8 = 1
_END_PAUSE = 0x1000
_RATE, _VOLUME = 1, 2
_BUFFER_MS = 60
_EVENT_END, _EVENT_WORD = 0, 1
_SOUND_BEFORE = "a"


class _EventId(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    """``espeak_EVENT`` of speak_lib.h."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


@dataclass(frozen=True, slots=True)
class WordStart:
    """A word begins at character ``position`` of the text, ``seconds`` into the speech."""

    position: int
    seconds: float


AudioSink = Callable[[NDArray[np.int16], Sequence[WordStart]], bool]
"""Takes a stretch of audio and the words known by then; returns whether to go on."""


class EspeakLibrary:
    """Blocking synthesis; safe to call from any thread, one utterance at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded_voice: Path | None = None
        self._sink: AudioSink | None = None
        self._failure: BaseException | None = None
        self._library, data = _load()
        # Called by the library for as long as it lives: ctypes needs the reference kept.
        self._callback = _Callback(self._on_audio)
        rate = self._library.espeak_Initialize(
            _SYNCHRONOUS, _BUFFER_MS, os.fsencode(data), _DONT_EXIT
        )
        if rate <= 0:
            raise EngineError(
                f"espeak-ng could not read its data in {data}. "
                "Reinstall it with: pip install --force-reinstall espeakng-loader"
            )
        self.rate: int = rate
        """Samples per second of what the library makes."""
        self._library.espeak_SetSynthCallback(self._callback)

    def synthesize(
        self,
        text: str,
        voice: Path,
        *,
        words_per_minute: int,
        volume: int,
        end_pause: bool,
        sink: AudioSink,
    ) -> None:
        """Speak ``text`` into ``sink`` until it is done or ``sink`` returns false.

        The same arguments give the same samples, whatever was said before. Some voices begin a
        text by how the last one ended: so what ``sink`` does not want any more is made to its end
        and thrown away, and so is one sound before each text. Raises `EngineError` if the library
        refuses the voice file; an error raised by ``sink`` comes out unchanged.
        """
        with self._lock:
            self._load_voice(voice)
            self._library.espeak_SetParameter(_RATE, words_per_minute, 0)
            self._library.espeak_SetParameter(_VOLUME, volume, 0)
            self._speak(_SOUND_BEFORE, end_pause=False)
            self._library.espeak_ng_SetRandSeed(1)
            self._sink, self._failure = sink, None
            try:
                self._speak(text, end_pause=end_pause)
            finally:
                self._sink = None
            if self._failure is not None:
                raise self._failure

    def _speak(self, text: str, *, end_pause: bool) -> None:
        data = text.replace("\0", " ").encode("utf-8", "replace")
        flags = _UTF8 | (_END_PAUSE if end_pause else 0)
        self._library.espeak_Synth(data, len(data) + 1, 0, 0, 0, flags, None, None)

    def _load_voice(self, voice: Path) -> None:
        if voice == self._loaded_voice:
            return
        path = voice_folder(voice.parent) / voice.name
        if self._library.espeak_ng_SetVoiceByFile(os.fsencode(path)) != 0:
            self._loaded_voice = None
            raise EngineError(f"espeak-ng could not load the voice file {voice}.")
        self._loaded_voice = voice

    def _on_audio(self, wav, count: int, events) -> int:
        """Called by the library; returns 0 to let it go on to the end of the text."""
        if self._sink is None:
            return 0
        try:
            words = []
            index = 0
            while events[index].type != _EVENT_END:
                event = events[index]
                if event.type == _EVENT_WORD:
                    words.append(WordStart(event.text_position - 1, event.audio_position / 1000))
                index += 1
            samples = (
                np.ctypeslib.as_array(wav, (count,)).copy()
                if wav and count > 0
                else np.empty(0, np.int16)
            )
            if not self._sink(samples, words):
                self._sink = None
        except BaseException as failure:
            # An exception cannot pass through the C code between here and `synthesize`.
            self._sink, self._failure = None, failure
        return 0


@cache
def espeak_library() -> EspeakLibrary:
    """The library of this process, loaded at the first call."""
    return EspeakLibrary()


def _load() -> tuple[ctypes.CDLL, Path]:
    try:
        import espeakng_loader

        library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = Path(espeakng_loader.get_data_path())
    except (ImportError, OSError, RuntimeError) as reason:
        raise EngineError(
            f"espeak-ng could not be loaded ({reason}). "
            "Install it with: pip install espeakng-loader"
        ) from reason
    library.espeak_Initialize.argtypes = (
        ctypes.c_int,
        ctypes.c_int,
        ctypes.c_char_p,
        ctypes.c_int,
    )
    library.espeak_SetParameter.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_int)
    library.espeak_ng_SetVoiceByFile.argtypes = (ctypes.c_char_p,)
    library.espeak_ng_SetRandSeed.argtypes = (ctypes.c_long,)
    library.espeak_Synth.argtypes = (
        ctypes.c_char_p,
        ctypes.c_size_t,
        ctypes.c_uint,
        ctypes.c_int,
        ctypes.c_uint,
        ctypes.c_uint,
        ctypes.c_void_p,
        ctypes.c_void_p,
    )
    return library, data_folder(data)
