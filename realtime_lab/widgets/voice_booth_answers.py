"""What pages ask about takes, and the answers (``frontend/src/booth/messages.ts``)."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..audio import samples_to_pcm
from ..errors import AudioError
from ..voices import MEASURES, split_words
from .page_answers import Answer, PageAnswers, part_asked
from .voice_booth_takes import BoothTakes

__all__ = ["SHOWN_MEASURES", "VoiceBoothAnswers", "label_of"]

SHOWN_MEASURES = (
    "first_audio", "duration", "articulation_rate", "f0_median", "f0_range", "loudness",
)  # fmt: skip
"""What the table shows of them before anybody chose."""
_WRITTEN = {"f0": "F0", "hnr": "HNR", "dc": "DC"}


def label_of(measure: str) -> str:
    """The name of a measure as it heads a column."""
    first, *others = (_WRITTEN.get(word, word) for word in measure.split("_"))
    return " ".join([first[:1].upper() + first[1:], *others])


class VoiceBoothAnswers(PageAnswers):
    """Answers the questions of pages to the takes of a booth."""

    def __init__(self, takes: BoothTakes) -> None:
        self._takes = takes
        questions = {
            "open": self._open,
            "measures": self._measures,
            "audio": self._audio,
        }
        super().__init__("a voice booth", AudioError, questions)

    def _open(self, asks: dict[str, Any]) -> Answer:
        takes = self._takes
        columns = [
            {
                "name": one.name,
                "label": label_of(one.name),
                "unit": one.unit,
                "about": f"{one.definition} {one.source}",
                "shown": one.name in SHOWN_MEASURES,
            }
            for one in MEASURES
        ]
        return Answer(
            {
                "texts": [split_words(text) for text in takes.texts],
                "takes": [self._facts(number) for number in range(len(takes.takes))],
                "columns": columns,
                "target": takes.target,
                "notes": list(takes.notes),
            }
        )

    def _facts(self, number: int) -> dict[str, Any]:
        take, placed = self._takes.takes[number], self._takes.placed(number)
        said = [
            [word.text, round(word.start, 3), round(word.end, 3), match]
            for word, match in zip(placed.said, placed.matches, strict=True)
        ]
        return {
            "source": take.source,
            "voice": take.voice,
            "repeat": take.repeat,
            "text": self._takes.text_of(number),
            "seconds": take.clip.seconds,
            "rate": take.clip.rate,
            "samples": take.clip.samples.size,
            "said": said,
            "times": [round(time, 3) for pair in placed.times for time in pair],
        }

    def _measures(self, asks: dict[str, Any]) -> Answer:
        number = self._number(asks)
        found, gain = self._takes.measured(number), self._takes.gain(number)
        content = {
            "values": dict(found.values),
            "reasons": dict(found.reasons),
            "gain": gain and {"decibels": gain.decibels, "limited": gain.limited},
            "artefacts": [[one.at, one.seconds, one.told] for one in found.artefacts],
        }
        contour = found.contour
        pitch = (contour.times, contour.hertz)
        return Answer(content, [values.astype(np.float32).tobytes() for values in pitch])

    def _audio(self, asks: dict[str, Any]) -> Answer:
        samples = self._takes.takes[self._number(asks)].clip.samples
        return Answer({}, [samples_to_pcm(samples[part_asked(asks)])])

    def _number(self, asks: dict[str, Any]) -> int:
        number = int(asks["take"])
        if not 0 <= number < len(self._takes.takes):
            raise ValueError(f"there is no take {number}")
        return number
