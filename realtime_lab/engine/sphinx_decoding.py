"""Speech to words with PocketSphinx, one utterance at a time. Blocking; run it in a worker.

Three searches listen at once: the general English language model, a grammar of the phrases that
were hinted at, and a loop of phones that says how well *anything* would fit. A phrase was said
where the grammar fits about as well as the loop of phones, its words fill the speech, and the
language model heard something like it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np

from ..audio import RATE, Resampler, Samples, pcm_to_samples
from ..errors import EngineError
from .sphinx_vocabulary import usual_words

__all__ = ["SphinxDecoder"]

_MODEL_RATE = 16_000
_FRAME_SAMPLES = 160
_NOISE_FLOOR = 30
"""Root mean square, in 16-bit steps, of the noise added: digital silence ruins the features."""
_OPENING_SAMPLES = round(0.7 * _MODEL_RATE)
"""Speech heard before decoding begins, to learn the channel from."""
_SEGMENT_SAMPLES = 30 * _MODEL_RATE
"""Speech without a pause is cut here, so that the search stays small."""
_USUAL_WORDS = 5000
"""Words that a quick decoder knows: far fewer to search among, and few that are missed."""
_SCORE_SLACK = 0.125
"""How much worse than the loop of phones a phrase may fit, in the decoder's own score."""
_LEAST_FILLED = 0.9
"""Share of the speech that a phrase has to fill with its words."""
_LEAST_ALIKE = 0.6
"""Likeness (`difflib` ratio over words) of a phrase to what the language model heard."""
_PHRASE_SAMPLES = 12 * _MODEL_RATE
"""No phrase lasts longer."""

# Mean of the cepstra. The decoder starts each utterance from a guess of it and learns only
# afterwards; a bad guess doubles the word errors. So the mean of the utterance's own opening is
# mixed with what the model was trained on, which weighs as much as 0.6 s of speech.
_USUAL_MEAN = np.array(
    [41.0, -5.29, -0.12, 5.09, 2.48, -4.07, -1.37, -1.78, -5.08, -2.05, -6.45, -1.42, 1.17]
)
_USUAL_WEIGHT = 60
_SPHINX_WEIGHT = 500
"""Frames that PocketSphinx's own running mean gives to its starting value (CMN_WIN)."""


class SphinxDecoder:
    """Recognises US English. Loading takes about 0.5 s and 150 MB.

    `start`, then any number of `feed` and `result`; `feed` after a `result` continues the
    utterance. A ``quick`` one takes 0.4 of the processor time: it knows the 5,000 most usual words
    only, and listens less closely.
    Raises `EngineError` when PocketSphinx is missing.
    """

    def __init__(self, *, quick: bool = False) -> None:
        try:
            from pocketsphinx import Decoder, NGramModel, get_model_path
        except ImportError as error:
            raise EngineError(
                'speech recognition needs pocketsphinx; run: pip install "pocketsphinx>=5.0.4"'
            ) from error
        model = Path(get_model_path()) / "en-us"
        dictionary, language = model / "cmudict-en-us.dict", str(model / "en-us.lm.bin")
        common: dict[str, Any] = {"hmm": str(model / "en-us"), "loglevel": "FATAL"}
        # Without its second pass (fwdflat) the end of an utterance takes 10 ms instead of 150;
        # maxhmmpf bounds the work per frame; 5000 costs no words.
        words: dict[str, Any] = {"lm": language, "fwdflat": False, "maxhmmpf": 5000}
        if quick:
            common["ds"] = 2  # scores every other frame
            words["maxhmmpf"] = 1000
            usual = usual_words(dictionary, NGramModel.readfile(language), _USUAL_WORDS)
        else:
            usual = nullcontext(dictionary)
        with usual as known:
            self._words = Decoder(dict=str(known), **words, **common)
        common["dict"] = str(dictionary)
        loop = {"allphone": str(model / "en-us-phone.lm.bin"), "beam": 1e-10, "pbeam": 1e-10}
        self._phones = Decoder(lw=2, **loop, **common)
        self._phrases = _Phrases(Decoder, common, self._phones)
        self.start()

    def start(self, phrases: Sequence[str] = ()) -> None:
        """Begin an utterance in which one of ``phrases`` may well be said."""
        self._stop_searches()
        self._phrases.expect(phrases)
        self._resampler = Resampler(RATE, _MODEL_RATE)
        self._noise = np.random.default_rng(0)
        self._opening: Samples | None = np.empty(0, np.int16)
        self._heard: list[bytes] = []
        """The utterance so far, for a phrase that goes on after a pause."""
        self._heard_samples = 0
        self._segment_samples = 0
        self._finished: list[_Segment] = []
        self._phrase: str | None = None

    def feed(self, pcm: bytes) -> None:
        """Decode more audio (PCM16 at 24 kHz)."""
        samples = self._resampler.feed(pcm_to_samples(pcm))
        noise = self._noise.normal(0, _NOISE_FLOOR, samples.size)
        samples = np.clip(samples + noise, -32768, 32767).astype(np.int16)
        if self._opening is None:
            self._decode(samples)
            return
        self._opening = np.concatenate([self._opening, samples])
        if self._opening.size >= _OPENING_SAMPLES:
            self._open()

    @property
    def partial(self) -> str:
        """The words so far, as the recogniser writes them."""
        hypothesis = self._words.hyp() if self._listening else None
        now = hypothesis.hypstr if hypothesis else ""
        return " ".join(text for text in (*(s.text for s in self._finished), now) if text)

    def result(self) -> tuple[str, float, bool]:
        """The words of the utterance, a confidence from 0 to 1, and whether they are a phrase."""
        if self._opening is not None:
            self._open()
        if self._listening:
            self._stop_searches()
            self._finished.append(self._segment())
            self._phrase = self._phrases.heard(self._phones, self._finished)
        if self._phrase is not None:
            return self._phrase, 0.95, True
        spoken = [segment for segment in self._finished if segment.text]
        if not spoken:
            return "", 0.0, False
        return " ".join(s.text for s in spoken), min(s.confidence for s in spoken), False

    _listening = False

    def _open(self) -> None:
        """Learn the channel from the opening, then decode it."""
        opening, self._opening = self._opening, None
        if opening is None or opening.size < 4 * _FRAME_SAMPLES:
            return
        mean = self._channel_mean(opening)
        for decoder in (self._words, self._phones, self._phrases.decoder):
            if decoder is not None:
                decoder.reinit_feat()  # it remembers the noise of the utterance before
        self._mean = mean
        self._decode(opening)

    def _channel_mean(self, samples: Samples) -> str:
        # PocketSphinx mixes its starting value into its mean; from zero that can be undone.
        self._phones.reinit_feat()
        self._phones.set_cmn(",".join(["0"] * _USUAL_MEAN.size))
        self._phones.start_utt()
        self._phones.process_raw(samples.tobytes(), False, False)
        self._phones.end_utt()
        mixed = np.array([float(value) for value in self._phones.get_cmn(True).split(",")])
        frames = samples.size / _FRAME_SAMPLES
        total = mixed * (_SPHINX_WEIGHT + frames) + _USUAL_WEIGHT * _USUAL_MEAN
        return ",".join(f"{value:.3f}" for value in total / (frames + _USUAL_WEIGHT))

    def _decode(self, samples: Samples) -> None:
        if not samples.size:
            return
        if not self._listening:
            self._start_searches()
        elif self._segment_samples >= _SEGMENT_SAMPLES:
            self._stop_searches()
            self._finished.append(self._segment())
            self._start_searches()
        pcm = samples.tobytes()
        self._segment_samples += samples.size
        self._words.process_raw(pcm, False, False)
        if self._phrases.decoder is None:
            return
        self._heard_samples += samples.size
        if self._heard_samples > _PHRASE_SAMPLES:
            self._phrases.give_up()
            self._phones.end_utt()
            self._heard.clear()
            return
        self._heard.append(pcm)
        self._phones.process_raw(pcm, False, False)
        self._phrases.decoder.process_raw(pcm, False, False)

    def _start_searches(self) -> None:
        """Begin a segment: new for the words, from the utterance's beginning for the phrases."""
        self._listening = True
        self._segment_samples = 0
        self._phrase = None
        self._words.set_cmn(self._mean)
        self._words.start_utt()
        if self._phrases.decoder is None:
            return
        before = b"".join(self._heard)
        for decoder in (self._phones, self._phrases.decoder):
            decoder.set_cmn(self._mean)
            decoder.start_utt()
            if before:
                decoder.process_raw(before, False, False)

    def _stop_searches(self) -> None:
        if self._listening:
            self._listening = False
            self._words.end_utt()
            if self._phrases.decoder is not None:
                self._phones.end_utt()
                self._phrases.decoder.end_utt()

    def _segment(self) -> _Segment:
        hypothesis = self._words.hyp()
        if hypothesis is None or not hypothesis.hypstr:
            return _Segment()
        words = [s for s in self._words.seg() if not _is_pause(s)]
        posterior = [min(s.prob, 1.0) for s in words]
        return _Segment(
            hypothesis.hypstr,
            sum(posterior) / len(posterior) if posterior else 0.0,
            sum(map(_frames, words)),
        )


@dataclass(frozen=True, slots=True)
class _Segment:
    """What the language model heard between two pauses; ``frames`` of it are words."""

    text: str = ""
    confidence: float = 0.0
    frames: int = 0


def _is_pause(segment: Any) -> bool:
    return segment.word in ("<s>", "</s>", "<sil>", "(NULL)")


def _frames(segment: Any) -> int:
    return segment.end_frame - segment.start_frame + 1


class _Phrases:
    """The grammar of the phrases hinted at, compiled when they change."""

    def __init__(self, make: Any, common: dict[str, Any], dictionary: Any) -> None:
        self._make = make
        self._common = common
        self._dictionary = dictionary
        self._written: dict[str, str] = {}
        """Each phrase as the caller wrote it, by its words."""
        self._grammar: Any = None
        self.decoder: Any = None
        """Listens for the phrases; ``None`` when there are none to be heard."""

    def expect(self, phrases: Sequence[str]) -> None:
        written = {words: phrase for phrase in phrases if (words := self._speakable(phrase))}
        if written != self._written or self._grammar is None:
            self._written = written
            self._compile()
        self.decoder = self._grammar if written else None

    def give_up(self) -> None:
        """Stop listening for the rest of the utterance."""
        self.decoder.end_utt()
        self.decoder = None

    def heard(self, phones: Any, segments: Sequence[_Segment]) -> str | None:
        """The phrase that was said, if one was.

        ``segments`` is what the language model heard. A grammar that must choose a phrase stretches
        it over whatever was said, so its score alone takes "hello there, how are you" for "hello
        there".
        """
        if self.decoder is None:
            return None
        phrase, anything = self.decoder.hyp(), phones.hyp()
        if phrase is None or anything is None:
            return None
        if phrase.best_score < anything.best_score - _SCORE_SLACK:
            return None
        filled = sum(_frames(s) for s in self.decoder.seg() if not _is_pause(s))
        if filled < _LEAST_FILLED * sum(segment.frames for segment in segments):
            return None
        words = phrase.hypstr.split()
        freely = " ".join(segment.text for segment in segments).split()
        alike = SequenceMatcher(None, words, freely, autojunk=False).ratio()
        # A single short word is what the language model is worst at.
        if len(words) > 1 and alike < _LEAST_ALIKE:
            return None
        # The words may be the beginning of a phrase only.
        return self._written.get(phrase.hypstr)

    def _compile(self) -> None:
        if not self._written:
            return
        grammar = f"#JSGF V1.0; grammar hints; public <hints> = {' | '.join(self._written)};"
        if self._grammar is None:
            self._grammar = self._make(lm=None, **self._common)
        self._grammar.add_jsgf_string("hints", grammar)
        self._grammar.activate_search("hints")

    def _speakable(self, phrase: str) -> str:
        """The words of a phrase; empty when one is not in the recogniser's dictionary."""
        letters = (c if c.isalnum() or c == "'" else " " for c in phrase.lower())
        words = "".join(letters).split()
        known = all(self._dictionary.lookup_word(word) for word in words)
        return " ".join(words) if known else ""
