"""Answers about the brain itself, and no pretence in them."""

# ruff: noqa: E501 -- patterns and word lists read better on one line
from __future__ import annotations

import re

from ..context import Answer, Context
from .small_talk import introduction

__all__ = ["about"]

_NATURE = (
    "I am a rule-based stand-in for a realtime speech model, and I run offline on this machine."
)
_ABILITIES = (
    "I can chat, remember what you tell me, do sums, count, spell, repeat after you, and tell a "
    "story, a poem or a joke. I know a few facts of the world, and call the tools of the session."
)
_SIMPLE_ABILITIES = (
    "I can talk with you. I can tell stories and do sums. I remember what you tell me."
)
_WORK = (
    "A recogniser finds the words in what you say, a table of rules finds the answer, and a "
    "synthesiser speaks it."
)


def about(context: Context) -> Answer | None:
    """Answers questions about what it is, its name, its voice and what it can do."""
    style, words = context.style, context.words
    who = introduction(context)
    honest = f"{who} To be honest, {_NATURE}" if who else _NATURE
    name = style.name or "no name of my own"
    tools = [tool.name.replace("_", " ") for tool in context.tools]
    able = _SIMPLE_ABILITIES if style.simple else _ABILITIES
    abilities = able + (f" My tools here are: {', '.join(tools)}." if tools else "")
    answers = (
        (r"\bwhat is your name\b|\bdo you have a name\b|\btell me your name\b|\bwhat (?:are you called|should i call you)\b",
         f"My name is {name}." if style.name
         else f"I have no name of my own. My voice is called {context.voice}.",
         style.name or context.voice.capitalize()),
        (r"\b(?:what|which) voice\b|\byour voice\b|\bwhat do you sound like\b",
         f"This is the voice {context.voice}, made by a formant synthesiser.", context.voice.capitalize()),
        (r"\bwho (?:made|built|created|wrote|programmed|trained) you\b|\bwhere do you come from\b",
         "I was written by the authors of realtime lab as an offline stand-in. No model was trained for me.",
         "Authors"),
        (r"\bwhat (?:can|could) you do\b|\bwhat do you (?:do|know how)\b|^(?:please |can you |could you )*help(?: me)?(?: please)?$|\bhow can you help\b|\bwhat are you able\b",
         abilities, "Talk"),
        (r"^(?:(?:and|but|so) )?who are you\b|\btell me about yourself\b|\bintroduce yourself\b",
         honest, style.name or "Stand-in"),
        (r"^(?:(?:and|but|so) )?what are you\b(?! (?:doing|called|thinking))|\bare you (?:a |an )?(?:real |really )?(?:robot|human|person|ai|a i|computer|machine|bot|model|language model|gpt|chatgpt|intelligent|alive|real|conscious)\b|\bwhat kind of (?:model|machine|thing)\b|\bwhich model\b",
         honest, "Rules"),
        (r"\bhow do you work\b|\bhow does (?:this|it) work\b", _WORK, "Rules"),
        (r"\bhow old are you\b|\bwhen is your birthday\b", "Only as old as this session.", "New"),
        (r"\bwhere (?:are you|do you live)\b", "I run on this machine, in the embedded server.", "Here"),
        (r"\bwhat are you (?:doing|thinking)\b", "I am listening to you.", "Listening"),
        (r"\b(?:what|which) languages? (?:do|can) you\b|\bdo you speak (?!slow|loud|fast)\w+|\bcan you speak (?:german|french|spanish|italian|chinese|japanese)\b",
         "I speak English, and a few phrases of German, French and Spanish.", "English"),
        (r"\bwhat are your instructions\b|\bhow (?:are|were) you (?:told|instructed)\b",
         "The session tells me how to behave; I follow the simple parts of it.", "Yours"),
    )  # fmt: skip
    for pattern, text, word in answers:
        if re.search(pattern, words):
            return Answer(text, 0.75, word=word)
    return None
