"""How fast a voice speaks."""

from __future__ import annotations

from .definitions import Family, Measure, Unknown, Values
from .syllables import nuclei, syllables
from .utterance import Utterance

__all__ = ["TEMPO"]


def _of(utterance: Utterance) -> Values:
    said = syllables(utterance.take.said or utterance.take.asked)
    heard = nuclei(utterance)
    spoken = utterance.sounding
    count = heard if isinstance(said, Unknown) else said
    if spoken is None or isinstance(count, Unknown):
        reason = utterance.silent_reason or (count.reason if isinstance(count, Unknown) else "")
        rates: Values = {"speaking_rate": Unknown(reason), "articulation_rate": Unknown(reason)}
    else:
        whole = spoken.end - spoken.begin
        paused = sum(end - begin for begin, end in spoken.pauses)
        rates = {"speaking_rate": count / whole, "articulation_rate": count / (whole - paused)}
    return {"syllables": said, "nuclei": heard, **rates}


TEMPO = Family(
    "Tempo",
    "Rates count the syllables of the text, because that is exact where the text is known and says "
    "the same of every voice; intensity peaks miss more syllables of a voice with a flat intensity "
    "than of a lively one, and would compare that instead. Where the text cannot be counted "
    "(digits, letters that are not Latin), rates count the nuclei that are heard.",
    (
        Measure(
            "syllables",
            "",
            "Syllables of the text that was said, by the model's own transcript: vowels of the "
            "words in the CMU pronouncing dictionary; of any other word its groups of vowel "
            "letters without a silent e. Meant for English.",
            "CMU pronouncing dictionary, in the wheel of pocketsphinx.",
        ),
        Measure(
            "nuclei",
            "",
            "Syllable nuclei that are heard: peaks of intensity (Praat, pitch floor 50 Hz) no more "
            "than 25 dB below the 99th percentile, with a dip of 2 dB before the next, at a voiced "
            "moment. Works in any language, and misses about a tenth.",
            "de Jong & Wempe (2009), Behavior Research Methods 41, 385.",
        ),
        Measure(
            "speaking_rate",
            "syllables/s",
            "Syllables over `speech_duration`, pauses included.",
            "Ratio of the two.",
            scale="log",
        ),
        Measure(
            "articulation_rate",
            "syllables/s",
            "Syllables over `speech_duration` without its pauses. Listeners notice a change of "
            "about 5 %.",
            "Ratio of the two; the difference that is noticed: Quené (2007), Journal of Phonetics "
            "35, 353.",
            scale="log",
            is_trait=True,
        ),
    ),
    _of,
)
