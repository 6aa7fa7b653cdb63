"""Widgets whose pages ask questions (``frontend/src/kernel_link.ts``)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from ..errors import RealtimeLabError
from .page_answers import PageAnswers
from .static_twin import StaticTwin

__all__ = ["AskedWidget"]

_log = logging.getLogger(__name__)


class AskedWidget(StaticTwin):
    """Answers each question of a page with one message, be it that the answer is refused."""

    def __init__(self, answers: PageAnswers) -> None:
        super().__init__()
        self._answers = answers
        self._has_pages = False
        self.on_msg(self._receive)

    def _is_seen(self) -> bool:
        return self._has_pages

    def _post(self, content: dict[str, Any], buffers: Sequence[bytes] = ()) -> None:
        # Custom messages are safe from any thread; traits are not, and none is used.
        self.send(content, list(buffers))

    def _receive(self, _: object, content: dict[str, Any], buffers: Sequence[memoryview]) -> None:
        if content.get("type") != "ask":
            return
        self._has_pages = True
        to = {"page": content.get("page"), "id": content.get("id")}
        try:
            answer = self._answers.to(str(content.get("question")), content.get("asks") or {})
        except RealtimeLabError as error:
            self._post({"type": "refused", **to, "problem": str(error)})
        except Exception as error:
            # A page that gets no answer waits for ever.
            _log.exception("the %s could not answer", type(self).__name__.lower())
            self._post({"type": "refused", **to, "problem": f"the kernel failed: {error!r}"})
        else:
            self._post({"type": "answer", **to, "answer": answer.content}, answer.buffers)
