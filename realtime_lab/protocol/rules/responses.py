"""Responses as wholes: each begins and ends once, one at a time in the conversation."""

from __future__ import annotations

from typing import Any

from ..base import UNSET
from ..recent import Recent
from ..responses import CachedTokens, InputTokens, OutputTokens, Usage
from ..server_events import ResponseCreated, ResponseDone
from .violation import Handlers, Tell, named

__all__ = ["ResponseRules"]

_KINDS = ("text_tokens", "audio_tokens", "image_tokens")


class ResponseRules:
    """What ``response.created`` and ``response.done`` owe each other."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._running: dict[str, ResponseCreated] = {}
        self._ended: Recent[str, ResponseDone] = Recent()

    def handlers(self) -> Handlers:
        return {ResponseCreated: self._created, ResponseDone: self._done}

    def unfinished(self) -> None:
        for event in self._running.values():
            self._tell(
                "response-end",
                f"{named(event)} begins response {event.response.id}, which has no response.done.",
            )

    def _created(self, event: ResponseCreated) -> None:
        response = event.response
        if response.id in self._running or response.id in self._ended:
            self._tell(
                "response-begin", f"{named(event)} begins response {response.id} a second time."
            )
        if response.status != "in_progress":
            self._tell(
                "response-status",
                f"{named(event)} begins response {response.id} with the status "
                f"{response.status!r} instead of 'in_progress'.",
            )
        for other in self._running.values():
            if _in_conversation(event) and _in_conversation(other):
                self._tell(
                    "one-active",
                    f"{named(event)} begins response {response.id} while response "
                    f"{other.response.id} of the conversation is active since {named(other)}.",
                )
        self._running[response.id] = event

    def _done(self, event: ResponseDone) -> None:
        response = event.response
        begun = self._running.pop(response.id, None)
        if response.id in self._ended:
            self._tell(
                "response-end",
                f"{named(event)} ends response {response.id} again, after "
                f"{named(self._ended[response.id])}.",
            )
        elif begun is None:
            self._tell(
                "response-begin",
                f"{named(event)} ends response {response.id}, which no response.created began.",
            )
        elif begun.response.conversation_id != response.conversation_id:
            self._tell(
                "response-same",
                f"{named(event)} puts response {response.id} into another conversation than "
                f"{named(begun)}.",
            )
        self._ended.remember(response.id, event)
        self._check_status(event)
        if response.usage is not None:
            for problem in _wrong_sums(response.usage):
                self._tell("usage", f"{named(event)} of response {response.id}: {problem}.")

    def _check_status(self, event: ResponseDone) -> None:
        status, details = event.response.status, event.response.status_details
        if status == "in_progress":
            self._tell("response-status", f"{named(event)} ends a response as 'in_progress'.")
        elif details is not None and details.type != status:
            self._tell(
                "response-status",
                f"{named(event)} has the status {status!r} with details of {details.type!r}.",
            )


def _in_conversation(event: ResponseCreated) -> bool:
    return event.response.conversation_id is not None  # the first preview version has no such field


def _wrong_sums(usage: Usage) -> list[str]:
    problems = []
    if usage.total_tokens != usage.input_tokens + usage.output_tokens:
        problems.append(
            f"total_tokens {usage.total_tokens} is not the sum of input_tokens "
            f"{usage.input_tokens} and output_tokens {usage.output_tokens}"
        )
    read, written = usage.input_token_details, usage.output_token_details
    if isinstance(written, OutputTokens):
        problems += _wrong_sum("output_tokens", usage.output_tokens, written)
    if isinstance(read, InputTokens):
        problems += _wrong_sum("input_tokens", usage.input_tokens, read)
        cached = read.cached_tokens_details
        if isinstance(cached, CachedTokens):
            problems += _wrong_sum("cached_tokens", read.cached_tokens, cached)
            problems += [
                f"{_number(cached, kind)} {kind} came from the cache, but {_number(read, kind)} "
                "were read"
                for kind in _KINDS
                if _number(cached, kind) > _number(read, kind)
            ]
    return problems


def _wrong_sum(name: str, total: int, details: Any) -> list[str]:
    together = sum(_number(details, kind) for kind in _KINDS)
    return [] if together == total else [f"{name} is {total}, but its details sum to {together}"]


def _number(details: Any, kind: str) -> int:
    value = getattr(details, kind, UNSET)
    return value if isinstance(value, int) else 0
