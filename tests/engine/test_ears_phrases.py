"""When one of the phrases hinted at was said, and when something else was."""

import asyncio
from functools import cache

import pytest

from realtime_lab.engine import EspeakSynthesizer
from realtime_lab.engine.sphinx_decoding import SphinxDecoder

PHRASES = [
    "hello",
    "hello there",
    "tell me a story",
    "what is your name",
    "what is the weather like today",
    "good morning",
    "go forward ten meters",
    "stop",
]


@cache
def decoder() -> SphinxDecoder:
    return SphinxDecoder()


def understood(text: str, voice: str = "alloy") -> tuple[str, bool]:
    """The words heard when a voice says `text`, and whether they are a phrase."""

    async def spoken() -> bytes:
        return b"".join([chunk.pcm async for chunk in EspeakSynthesizer().speak(text, voice)])

    decoder().start(PHRASES)
    decoder().feed(bytes(9600) + asyncio.run(spoken()) + bytes(9600))
    words, _, is_phrase = decoder().result()
    return words, is_phrase


@pytest.mark.parametrize("voice", ["alloy", "coral"])
@pytest.mark.parametrize("phrase", ["hello", "tell me a story", "what is your name", "stop"])
def test_a_phrase_is_heard_word_for_word(phrase, voice):
    assert understood(phrase, voice) == (phrase, True)


@pytest.mark.parametrize("voice", ["alloy", "coral"])
@pytest.mark.parametrize(
    "text",
    [
        "hello there, how are you",
        "tell me a story about a dog",
        "what is your name and where are you from",
        "what is the weather in London today",
        "good morning everybody",
    ],
)
def test_what_only_begins_or_sounds_like_a_phrase_is_heard_freely(text, voice):
    words, is_phrase = understood(text, voice)
    assert not is_phrase
    assert len(words.split()) >= 4 or "morning" in words
