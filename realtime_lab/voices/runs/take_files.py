"""Takes on disk: one FLAC file each, and what is known of it as JSON beside it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Literal

import msgspec

from ...audio import RATE, Clip, samples_to_pcm
from ...errors import AudioError, LogError
from ...eventlog import write_whole
from ..take import Take

__all__ = ["TakeFiles", "open_folder", "open_folder_for"]


class _Record(msgspec.Struct, kw_only=True):
    """The JSON of a take. Both digests are SHA-256: of the samples as PCM, and of all the rest."""

    format: Literal["realtime_lab.take"] = "realtime_lab.take"
    version: Literal[1] = 1
    key: str
    source: str
    voice: str
    repeat: int
    line: int
    asked: str
    said: str
    borders: tuple[int, ...]
    first_audio: float | None
    input_tokens: int
    output_tokens: int
    dollars: float | None
    audio: str
    rate: int
    samples_sha256: str
    sha256: str = ""

    def sealed(self) -> _Record:
        """The same with its digest."""
        return msgspec.structs.replace(self, sha256=self.digest())

    def digest(self) -> str:
        bare = msgspec.structs.replace(self, sha256="")
        return hashlib.sha256(msgspec.json.encode(bare)).hexdigest()


class TakeFiles:
    """Reads and writes the takes of a folder by name. Each is there whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def has(self, name: str) -> bool:
        """Whether there is a take of that name, sound or not."""
        return self._json(name).is_file()

    def write(self, name: str, take: Take, *, key: str = "") -> None:
        """Keep a take; another one of that name is replaced.

        Raises:
            AudioError, LogError: if it cannot be written.
        """
        path = take.clip.write(self.folder / f"{name}.flac")
        record = _Record(
            key=key,
            source=take.source,
            voice=take.voice,
            repeat=take.repeat,
            line=take.line,
            asked=take.asked,
            said=take.said,
            borders=take.borders,
            first_audio=take.first_audio,
            input_tokens=take.input_tokens,
            output_tokens=take.output_tokens,
            dollars=take.dollars,
            audio=path.name,
            rate=take.clip.rate,
            samples_sha256=_digest(take.clip),
        )
        # The last of the two: a take without its JSON is none.
        text = msgspec.json.format(msgspec.json.encode(record.sealed()), indent=1)
        write_whole(self._json(name), [text + b"\n"], overwrite=True)

    def read(self, name: str, *, key: str = "") -> Take:
        """A take that was kept.

        Raises:
            LogError: if there is none, it is damaged, or it is not the one of that ``key``.
        """
        path = self._json(name)
        try:
            record = msgspec.json.decode(path.read_bytes(), type=_Record)
        except OSError as error:
            raise LogError(f"{path.name} cannot be read: {error.strerror or error}") from None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise LogError(f"{path.name} is no take that was kept: {error}") from None
        if record.digest() != record.sha256:
            raise LogError(f"{path.name} is not as it was written")
        if key and record.key != key:
            raise LogError(f"{path.name} is of something else")
        clip = self._clip(f"{name}.flac", record.rate)
        if _digest(clip) != record.samples_sha256:
            raise LogError(f"{name}.flac is not as it was written")
        return Take(
            source=record.source,
            voice=record.voice,
            repeat=record.repeat,
            line=record.line,
            asked=record.asked,
            said=record.said,
            clip=clip,
            borders=record.borders,
            first_audio=record.first_audio,
            input_tokens=record.input_tokens,
            output_tokens=record.output_tokens,
            dollars=record.dollars,
        )

    def _json(self, name: str) -> Path:
        if Path(name).name != name or name.startswith("."):
            raise LogError(f"{name!r} is no name of a take; the folder was changed by hand")
        return self.folder / f"{name}.json"

    def _clip(self, name: str, rate: int) -> Clip:
        import soundfile

        samples: Any
        if not (self.folder / name).is_file():
            raise LogError(f"{name} is missing")
        try:
            samples, found = soundfile.read(self.folder / name, dtype="int16")
            if found != rate:
                raise LogError(f"{name} has {found} Hz; it was written with {rate}")
            return Clip(samples, found)
        except soundfile.LibsndfileError as error:
            # Its message has the whole path.
            raise LogError(f"{name} cannot be read as sound: {error.error_string}") from None
        except AudioError as error:
            raise LogError(f"{name} cannot be read as sound: {error}") from None


def open_folder(folder: str | Path) -> Path:
    """A folder to write into, made where there is none.

    Raises:
        LogError: if there can be none.
    """
    path = Path(folder).expanduser()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise LogError(f"cannot keep takes in {path}: {reason}; choose another place") from error
    return path


def open_folder_for(folder: str | Path, record: str, *, overwrite: bool) -> Path:
    """A folder for the files that ``record`` in it tells of.

    Raises:
        LogError: if there can be none, or if it has such a record (unless ``overwrite``).
    """
    path = open_folder(folder)
    if not overwrite and (path / record).exists():
        raise LogError(
            f"{path / record} exists already; choose another folder, or pass overwrite=True"
        )
    return path


def _digest(clip: Clip) -> str:
    rate = b"" if clip.rate == RATE else str(clip.rate).encode()
    return hashlib.sha256(rate + samples_to_pcm(clip.samples)).hexdigest()
