"""Stories, poems and jokes; also going on with a story that was interrupted."""

# ruff: noqa: E501 -- patterns and word lists read better on one line
from __future__ import annotations

import re

from ...sentences import split_sentences
from ..context import Answer, Context
from ..phrases import JOKES, POEMS, SHORT_STORY, STORIES
from ..wording import plain

__all__ = ["entertainment"]

_STORY = re.compile(r"\b(?:story|stories|tale|fairy ?tale|bedtime)\b")
_ASKS = re.compile(
    r"\b(?:tell|read|give|want|hear|like|know|make up|another|more|please|again)\b|^(?:a |the )?(?:\w+ )?(?:story|tale|joke|poem)$"
)
_JOKE = re.compile(r"\bjokes?\b|\bmake me laugh\b|\bsomething funny\b")
_POEM = re.compile(r"\b(?:poem|poetry|verse|rhyme)\b")
_GO_ON = re.compile(r"^(?:please )?(?:go on|continue|carry on|keep going|and then|what happened (?:then|next)|"
                    r"(?:yes )?(?:please )?(?:go on|continue)(?: please| with the story)?|finish the story)(?: please)?$")  # fmt: skip
_OFFER = re.compile(r"\b(?:shall i tell \w+ a|would a|ask me for a|for a) (joke|story)\b")
_AGREES = re.compile(
    r"^(?:yes|yeah|yep|sure|ok|okay|of course|go ahead|why not|please|do|please do|yes please|gladly)(?: please| do| tell me)?$"
)
_ANOTHER = re.compile(
    r"^(?:and |please |tell me |give me |i want )*(?:another|another one|one more|more|a new one)(?: please)?$"
)


def entertainment(context: Context) -> Answer | None:
    """Tells what was asked for, something new each time."""
    words = context.words
    if _GO_ON.match(words):
        rest = _rest_of_story(context)
        if not rest:
            return Answer(
                "Go on with what? Ask for a story, and I will tell one.", 0.7, word="What"
            )
        return Answer(rest, 0.85, long=True)
    if _AGREES.match(words) and (offer := _OFFER.search(plain(context.last_answer))):
        if offer[1] == "joke":
            return Answer(_untold(JOKES, context), 0.8, word="Ha", long=True)
        return Answer(SHORT_STORY, 0.8, word="Fox", long=True)
    if _ANOTHER.match(words):
        kind = _told_last(context)
        return Answer(_untold(kind, context), 0.8, word="Another", long=True) if kind else None
    if _STORY.search(words) and _ASKS.search(words):
        if re.search(r"\b(?:short|brief|little|quick|tiny)\b", words):
            return Answer(SHORT_STORY, 0.8, word="Fox")
        return Answer(_untold(STORIES, context), 0.85, word="Lighthouse", long=True)
    if _JOKE.search(words) and (_ASKS.search(words) or "laugh" in words or "funny" in words):
        return Answer(_untold(JOKES, context), 0.8, word="Ha", long=True)
    if _POEM.search(words) and _ASKS.search(words):
        return Answer(_untold(POEMS, context), 0.8, word="Tide", long=True)
    return None


def _untold(texts: tuple[str, ...], context: Context) -> str:
    told = " ".join(plain(m.text) for m in context.earlier if m.role == "assistant")
    fresh = [text for text in texts if " ".join(plain(text).split()[:6]) not in told]
    return context.choose(fresh or texts)


def _told_last(context: Context) -> tuple[str, ...]:
    """The kind of thing that was told most lately, empty where nothing was."""
    for message in reversed(context.earlier):
        for texts in (JOKES, POEMS, STORIES):
            openings = (" ".join(plain(text).split()[:6]) for text in texts)
            if message.role == "assistant" and any(o in plain(message.text) for o in openings):
                return texts
    return ()


def _rest_of_story(context: Context) -> str:
    """What follows the last sentence that was told to its end."""
    for message in reversed(context.earlier):
        if message.role != "assistant":
            continue
        told = plain(message.text)
        for story in (*STORIES, SHORT_STORY, *POEMS):
            done = 0
            sentences = list(split_sentences(story))
            if not any(plain(s) in told for s in sentences):
                continue
            for index, sentence in enumerate(sentences):
                if plain(sentence) in told:
                    done = index + 1
            return "".join(sentences[done:]) or "That was the end of the story."
    return ""
