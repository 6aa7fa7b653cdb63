"""Taking in what the user tells."""

from __future__ import annotations

import re

from ..clauses import GREETING
from ..context import Answer, Context
from ..memory import Memory, facts_in, note_in
from ..persons import to_you
from ..wording import listed

__all__ = ["acknowledge"]

_FORGET = re.compile(r"\bforget (?:everything|all|it all|what i)\b|\bforget that$")
_AFTER_THE_NAME = ("What shall we talk about?", "What do you like?", "Where do you live?")


def acknowledge(context: Context) -> Answer | None:
    """Confirms what was just told, so that the user knows it is kept."""
    if _FORGET.search(context.words):
        return Answer("I have forgotten it.", 0.8, word="Forgotten")
    before = Memory.of(m.text for m in context.earlier if m.role == "user")
    facts = list(facts_in(context.said))
    if not facts:
        facts = [f for key, f in context.memory.facts.items() if before.facts.get(key) != f]
        facts = facts if re.match(r"(?:no|sorry|actually|wait|oh|i meant)\b", context.words) else []
    if not facts:
        note = note_in(context.said)
        return Answer(f"I will remember: {to_you(note)}.", 0.8, word="Noted") if note else None
    name = next((fact.value for fact in reversed(facts) if fact.kind == "name"), "")
    parts = [_named(name, before.name, context)] if name else []
    others = list(
        dict.fromkeys(fact.told for fact in facts if fact.kind != "name" and not fact.implied)
    )
    if others:
        told = listed(others)
        parts.append(
            context.choose(
                (
                    f"I will remember that {told}.",
                    f"{told[:1].upper()}{told[1:]}. I will remember that.",
                )
            )
        )
    follow = "" if others or before.name else context.choose(_AFTER_THE_NAME)
    return Answer(" ".join(parts), 0.76, word="Noted", follow=follow)


def _named(name: str, before: str, context: Context) -> str:
    if name == before:
        return f"I remember, {name}."
    if before:
        return f"All right, {name} it is."
    return (
        "Nice to meet you." if GREETING.match(context.utterance) else f"Nice to meet you, {name}."
    )
