"""The scales that listeners answer on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

__all__ = ["SCALES", "Scale", "ScaleName"]

ScaleName = Literal["preference", "cmos", "continuous", "acr"]


class Scale(msgspec.Struct, frozen=True, kw_only=True):
    """What may be answered. Of a pair a positive answer is for the one that was heard second."""

    name: ScaleName
    compares: bool
    """Whether one answer compares two stimuli; otherwise every stimulus has an answer."""
    lowest: float
    highest: float
    step: float
    labels: dict[str, str]
    """Words for values (their keys are numbers as text)."""
    source: str

    @property
    def level(self) -> Literal["ordinal", "interval"]:
        """Of measurement, as `krippendorff_alpha` has it."""
        return "interval" if self.name == "continuous" else "ordinal"

    def answers(self, stimuli: int) -> int:
        """How many values an answer to a trial of so many stimuli has."""
        return 1 if self.compares else stimuli

    def allows(self, value: float) -> bool:
        """Whether a value lies on the scale."""
        steps = (value - self.lowest) / self.step
        return self.lowest <= value <= self.highest and abs(steps - round(steps)) < 1e-9


PREFERENCE = Scale(
    name="preference",
    compares=True,
    lowest=-1,
    highest=1,
    step=1,
    labels={"-1": "A", "0": "no preference", "1": "B"},
    source="paired comparison with ties; ITU-T P.800 (08/1996), Annex E gives the procedure",
)
CMOS = Scale(
    name="cmos",
    compares=True,
    lowest=-3,
    highest=3,
    step=1,
    labels={
        "-3": "B is much worse",
        "-2": "B is worse",
        "-1": "B is slightly worse",
        "0": "about the same",
        "1": "B is slightly better",
        "2": "B is better",
        "3": "B is much better",
    },
    source="comparison category rating, ITU-T P.800 (08/1996), Annex E",
)
CONTINUOUS = Scale(
    name="continuous",
    compares=False,
    lowest=0,
    highest=100,
    step=1,
    labels={"10": "bad", "30": "poor", "50": "fair", "70": "good", "90": "excellent"},
    source="the continuous quality scale of ITU-R BS.1534-3 (10/2015), without reference or anchor",
)
ACR = Scale(
    name="acr",
    compares=False,
    lowest=1,
    highest=5,
    step=1,
    labels={"1": "bad", "2": "poor", "3": "fair", "4": "good", "5": "excellent"},
    source="absolute category rating, ITU-T P.800 (08/1996), Annex B",
)
SCALES: Mapping[str, Scale] = {scale.name: scale for scale in (PREFERENCE, CMOS, CONTINUOUS, ACR)}
"""The scales of listening tests, by their names."""
