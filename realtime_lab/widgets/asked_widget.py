"""Widgets whose pages ask questions (``frontend/src/kernel_link.ts``)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ..errors import RealtimeLabError
from .static_twin import StaticTwin

__all__ = ["Answer", "AskedWidget", "Question"]

_log = logging.getLogger(__name__)


class Answer(NamedTuple):
    """What is told to a page: a JSON object, and bytes beside it."""

    content: dict[str, Any]
    buffers: Sequence[bytes] = ()


Question = Callable[[dict[str, Any]], Answer]


class AskedWidget(StaticTwin):
    """Answers each question of a page with one message, be it that the answer is refused."""

    def __init__(self) -> None:
        super().__init__()
        self._has_pages = False
        self.on_msg(self._receive)

    def _answer(self, question: str, asks: dict[str, Any]) -> Answer:
        """The answer to a question.

        Raises:
            RealtimeLabError: for what cannot be asked, or has no answer.
        """
        raise NotImplementedError

    def _post(self, content: dict[str, Any], buffers: Sequence[bytes] = ()) -> None:
        # Custom messages are safe from any thread; traits are not, and none is used.
        self.send(content, list(buffers))

    def _receive(self, _: object, content: dict[str, Any], buffers: Sequence[memoryview]) -> None:
        if content.get("type") != "ask":
            return
        self._has_pages = True
        to = {"page": content.get("page"), "id": content.get("id")}
        try:
            answer = self._answer(str(content.get("question")), content.get("asks") or {})
        except RealtimeLabError as error:
            self._post({"type": "refused", **to, "problem": str(error)})
        except Exception as error:
            # A page that gets no answer waits for ever.
            _log.exception("the %s could not answer", type(self).__name__.lower())
            self._post({"type": "refused", **to, "problem": f"the kernel failed: {error!r}"})
        else:
            self._post({"type": "answer", **to, "answer": answer.content}, answer.buffers)
