"""What to say when nothing else fits: it shows what was heard and keeps the talk going."""

# ruff: noqa: E501, SIM905 -- patterns and word lists read better on one line
from __future__ import annotations

import re

from ..context import Answer, Context
from ..persons import to_you
from ..wording import expanded

__all__ = ["fallback", "topic_in"]

_FILLER = frozenset(
    "uh um er ah oh hm huh the a an and but or of to in is it that this so well i you he she we they hmm mm".split()
)
_QUESTION = re.compile(
    r"^(?:(?:and|but|so) )?(?:what|who|where|when|why|how|which|whose|is|are|was|were|do|does|did|can|could|would|will|should)\b"
)
_REQUEST = re.compile(
    r"^(?:please |can you |could you |would you |will you )+(?P<what>.+)|^(?:i want you to|i need you to|i would like you to) (?P<wish>.+)"
    r"|^(?P<order>(?:make|build|write|give|show|help|teach|bring|find|fix|solve|fly|drive|cook|clean|wake) .+)"
)
_TOPIC = re.compile(
    r"^(?:please |can you |could you |would you |i want you to |let us |do you )*(?:tell|talk|explain|describe|teach|know|say)"
    r"(?: to me| me| us| with me)?(?: something| more| a bit| a little| anything| everything)?(?: about| on| what)? (?P<topic>[\w' ]+?)(?: is| are| please)?$"
)
_ABOUT = re.compile(r"\b(?:about|explain|describe)\b")
_LET_US = re.compile(
    r"^(?:let us|can we|i want to|shall we) (?:talk|speak|chat) about (?P<topic>.+)$"
)
_SUGGESTIONS = (
    "Shall I tell you a story instead?",
    "I am better at sums, stories and remembering what you tell me.",
    "You could tell me about it, and I will remember.",
    "Ask me for a joke, if you like.",
)
_EMBEDDED = (
    # (question, the same question inside a sentence)
    (r"^(what|who|where|when|how|why) (is|are|was|were|can|should|will) (it|he|she|they|this|that|we|i|you) (.+)$", r"\1 \3 \2 \4"),
    (r"^(what|who|where|when|how) (is|are|was|were) ((?:the|an?|my|your) [\w ]+|\w+(?: \w+)?)$", r"\1 \3 \2"),
    (r"^(what|who|where|when|how|why) do (.+)$", r"\1 \2"),
    (r"^(who) (\w+(?:ed|ote|uilt|ade|ot|on|ent|ame) .+)$", r"\1 \2"),
)  # fmt: skip

_REPLIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    # (pattern on plain words, what to ask after the words heard)
    (r"^i (?:am )?(?:feel|feeling)\b", ("Since when do you feel that way?", "What brought that on?")),
    (r"^i (?:want|need|wish|would like|hope|plan)\b", ("What would be the first step?", "What would it change for you?", "Why does it matter to you?")),
    (r"^i (?:think|believe|guess|suppose|know)\b", ("What makes you think so?", "How sure are you of that?", "Does everybody around you see it that way?")),
    (r"^(?:yesterday |today |last \w+ )?(?:i|we) (?:went|saw|did|made|bought|read|watched|had|met|was|were|got|ate|visited|found|heard|played|lost|won|came|took|\w+ed)\b",
     ("How was it?", "And what happened then?", "What did you like best about it?")),
    (r"^i (?:will|am going to)\b|\btomorrow\b|\bnext \w+\b", ("Are you looking forward to it?", "What do you expect from it?")),
    (r"\bbecause\b", ("Is that the only reason?", "What would happen otherwise?")),
    (r"^(?:he|she|they)\b", ("Who are we talking about?", "What happened then?", "How do you know?")),
    (r"\b(?:my|our) (?:boss|friend|mother|father|mum|mom|dad|sister|brother|wife|husband|son|daughter|colleague|teacher|neighbou?r)\b",
     ("And what do you think?", "How do you get on with each other?")),
    (r"^i am\b", ("Since when?", "And how is that for you?", "What comes with it?")),
    (r"^(?:it|this|that) (?:is|was)\b", ("Is that good or bad for you?", "How do you feel about that?")),
    (r"", ("Tell me a little more about that.", "What makes you say so?", "And what does it mean to you?", "Why do you mention it?")),
)  # fmt: skip
_LEADS = ("I see:", "You said:", "I heard:", "All right:")
_MOST_WORDS = 16


def fallback(context: Context) -> Answer | None:
    """Reflects a statement, admits not knowing an answer, or asks for another try."""
    words = context.words
    if not words:
        return Answer("I did not catch that. Could you say it again?", 0.2, word="Pardon")
    if all(word in _FILLER for word in words.split()):
        return Answer(
            f"I did not catch that; I heard: {words}. Could you say it again?", 0.2, word="Pardon"
        )
    if found := _LET_US.match(words):
        return Answer(f"Gladly, but I know little about {to_you(found['topic'])}.", 0.25, word="Gladly",
                      follow="What do you like about it?")  # fmt: skip
    if topic := topic_in(words):
        return Answer(
            f"I know nothing about {to_you(topic)}: I am only a set of rules.",
            0.25,
            word="Unknown",
            follow=context.choose(_SUGGESTIONS),
        )
    if requested := _REQUEST.match(words):
        what = to_you(next(filter(None, requested.groups())))
        return Answer(f"I can't {what}: I have no rule and no tool for that.", 0.25, word="No",
                      follow=context.choose(_SUGGESTIONS))  # fmt: skip
    if _QUESTION.match(words) or context.said.rstrip().endswith("?"):
        return Answer(_unknown(context), 0.2, word="Unknown", follow=context.choose(_SUGGESTIONS))
    asked = next(replies for pattern, replies in _REPLIES if re.search(pattern, words))
    return Answer(
        f"{context.choose(_LEADS)} {_heard(context.said)}",
        0.15,
        word="Interesting",
        follow=context.choose(asked),
    )


def topic_in(words: str) -> str:
    """What the user wants to hear about; empty where they ask for no topic."""
    found = _TOPIC.match(words)
    if not found or not _ABOUT.search(words):
        return ""
    return found["topic"].strip()


def _unknown(context: Context) -> str:
    question = expanded(context.said).strip(" ?.!")
    for pattern, inside in _EMBEDDED:
        if re.match(pattern, question, re.IGNORECASE):
            asked = re.sub(pattern, inside, question, flags=re.IGNORECASE)
            asked = to_you(asked[:1].lower() + asked[1:])
            return f"I don't know {asked}: I am only a set of rules."
    return f"I can't answer {_heard(context.said, end='?')} I am only a set of rules."


def _heard(said: str, end: str = ".") -> str:
    words = said.strip().rstrip(".!?,; ").replace('"', "'").split()
    shown = " ".join(words[:_MOST_WORDS]) + (" and so on" if len(words) > _MOST_WORDS else "")
    return f'"{shown}{end}"'
