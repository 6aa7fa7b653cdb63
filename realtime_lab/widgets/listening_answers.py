"""What a listener's page asks, and the answers (``frontend/src/listening/messages.ts``)."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..audio import Clip
from ..errors import ListeningError
from ..voices import ListeningTest, Trial, loudness_gain
from .page_answers import Answer, PageAnswers, part_asked

__all__ = ["ListeningAnswers"]


class ListeningAnswers(PageAnswers):
    """Answers the questions of the page of one listener.

    It tells letters, texts and lengths, never a voice, nor which trials are attention checks: a
    listener who looks into the page finds nothing that gives a stimulus away.
    """

    def __init__(self, test: ListeningTest, listener: str) -> None:
        self._test = test
        self._listener = listener
        self._sheet = test.begin(listener)
        self._gains: dict[str, float] = {}
        questions = {
            "open": self._open,
            "trial": self._trial,
            "audio": self._audio,
            "give": self._give,
        }
        super().__init__("a listening test", ListeningError, questions)

    def _open(self, asks: dict[str, Any]) -> Answer:
        scale = self._test.design.scale
        return Answer(
            {
                "question": self._test.design.question,
                "scale": {
                    "compares": scale.compares,
                    "lowest": scale.lowest,
                    "highest": scale.highest,
                    "step": scale.step,
                    "labels": [[float(value), told] for value, told in scale.labels.items()],
                },
                "trials": len(self._sheet),
                "kept": self._test.path is not None,
                "next": self._next(),
            }
        )

    def _trial(self, asks: dict[str, Any]) -> Answer:
        trial = self._at(asks)
        target = trial.target
        clips = [self._test.clip(stimulus) for stimulus in trial.stimuli]
        given = self._test.answered(self._listener).get(trial.number)
        return Answer(
            {
                "practice": trial.kind == "training",
                "text": trial.text,
                "target": target and {"value": target.value, "stimulus": target.stimulus},
                "clips": [{"samples": clip.samples.size, "rate": clip.rate} for clip in clips],
                "given": list(given.given) if given else None,
                "plays": list(given.plays) if given else None,
                "comment": given.comment if given else "",
            }
        )

    def _audio(self, asks: dict[str, Any]) -> Answer:
        stimulus = self._at(asks).stimuli[int(asks["letter"])]
        clip = self._test.clip(stimulus)
        part = clip.samples[part_asked(asks)] * self._gain(stimulus, clip)
        return Answer({}, [np.round(part).astype("<i2").tobytes()])

    def _give(self, asks: dict[str, Any]) -> Answer:
        self._test.answer(
            self._listener,
            self._at(asks).number,
            [float(value) for value in asks["given"]],
            comment=str(asks.get("comment", "")),
            seconds=float(asks["seconds"]),
            plays=[int(count) for count in asks["plays"]],
        )
        return Answer({"next": self._next()})

    def _gain(self, stimulus: str, clip: Clip) -> float:
        """The factor that brings a stimulus to the loudness of the design."""
        target = self._test.design.loudness
        if target is None:
            return 1.0
        if stimulus not in self._gains:
            self._gains[stimulus] = loudness_gain(clip, target).factor
        return self._gains[stimulus]

    def _next(self) -> int | None:
        trial = self._test.next_trial(self._listener)
        return None if trial is None else trial.number

    def _at(self, asks: dict[str, Any]) -> Trial:
        number = int(asks["trial"])
        if not 0 <= number < len(self._sheet):
            raise ValueError(f"there is no trial {number}")
        return self._sheet[number]
