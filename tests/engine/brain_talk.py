"""Talking with the rule brain in tests."""

from __future__ import annotations

import asyncio

from realtime_lab.engine import Message, Prompt, RuleBrain


def talk(*lines: str, instructions: str = "") -> list[str]:
    """The answers to the lines, said one after the other."""
    messages: list[Message] = []
    answers: list[str] = []

    async def answer() -> str:
        prompt = Prompt(instructions, messages)
        return "".join([str(piece) async for piece in RuleBrain().reply(prompt)])

    for line in lines:
        messages.append(Message("user", line))
        answers.append(asyncio.run(answer()))
        messages.append(Message("assistant", answers[-1]))
    return answers
