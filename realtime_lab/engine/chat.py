"""Any OpenAI-compatible chat endpoint as a brain: Ollama, vLLM, llama.cpp, a cloud."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from realtime_lab.errors import EngineError

from .sentences import SentenceBuffer
from .stages import Prompt, ToolCall

__all__ = ["ChatBrain"]


class ChatBrain:
    """Satisfies `Brain` over ``/chat/completions`` of ``base_url``, streamed.

    Needs the extra ``chat``; raises `EngineError` where it is not installed and when the endpoint
    cannot be reached or refuses. The key appears in no message.
    """

    def __init__(self, base_url: str, model: str, *, api_key: str = "none") -> None:
        try:
            from openai import AsyncOpenAI
        except ImportError as missing:
            raise EngineError(
                "a chat endpoint as brain needs the openai package. "
                'Install it with: pip install "realtime-lab[chat]"'
            ) from missing
        self._model = model
        self._address = _without_credentials(base_url)
        self._key = api_key
        self._client = AsyncOpenAI(base_url=base_url, api_key=api_key, max_retries=1)

    def __repr__(self) -> str:
        return f"ChatBrain({self._address!r}, {self._model!r})"

    async def reply(self, prompt: Prompt) -> AsyncIterator[str | ToolCall]:
        """Stream the answer by the sentence; tool calls follow when they are complete."""
        from openai import OpenAIError

        request: dict[str, Any] = {
            "model": self._model,
            "messages": _messages(prompt),
            "stream": True,
        }
        if prompt.tools and prompt.tool_choice != "none":
            request["tools"] = _tools(prompt)
            request["tool_choice"] = _tool_choice(prompt.tool_choice)
        sentences, calls = SentenceBuffer(), _CallCollector()
        try:
            async with await self._client.chat.completions.create(**request) as stream:
                async for event in stream:
                    for choice in (event.choices or ())[:1]:
                        for sentence in sentences.feed(choice.delta.content or ""):
                            yield sentence
                        calls.feed(choice.delta.tool_calls or ())
        except OpenAIError as failure:
            raise EngineError(self._explained(failure)) from None
        if rest := sentences.finish():
            yield rest
        for call in calls.finish():
            yield call

    async def close(self) -> None:
        """Close the connections to the endpoint."""
        await self._client.close()

    def _explained(self, failure: Exception) -> str:
        from openai import APIConnectionError, AuthenticationError, NotFoundError

        where = f"the chat endpoint {self._address}"
        if isinstance(failure, AuthenticationError):
            return f"{where} refused the key. Check the key given for the brain."
        if isinstance(failure, APIConnectionError):
            return f"{where} does not answer. Start it, or check the address."
        reason = str(failure)
        if self._key:
            reason = reason.replace(self._key, "…")
        if isinstance(failure, NotFoundError):
            return f"{where} has no model {self._model!r} or no chat completions there: {reason}"
        return f"{where} failed: {reason}. Its own log may tell more."


class _CallCollector:
    """Joins the fragments of streamed tool calls."""

    def __init__(self) -> None:
        self._parts: dict[int, list[str]] = {}

    def feed(self, fragments: Sequence[Any]) -> None:
        for fragment in fragments:
            parts = self._parts.setdefault(fragment.index, ["", "", ""])
            parts[0] = fragment.id or parts[0]
            if fragment.function is not None:
                parts[1] += fragment.function.name or ""
                parts[2] += fragment.function.arguments or ""

    def finish(self) -> list[ToolCall]:
        return [
            ToolCall(name, arguments or "{}", call_id)
            for _, (call_id, name, arguments) in sorted(self._parts.items())
        ]


def _messages(prompt: Prompt) -> list[dict[str, Any]]:
    """The prompt as chat messages. A call that got no result is left out: endpoints refuse it."""
    messages: list[dict[str, Any]] = []
    if prompt.instructions:
        messages.append({"role": "system", "content": prompt.instructions})
    answered = {message.call_id for message in prompt.messages if message.role == "tool"}
    for message in prompt.messages:
        if message.role == "tool":
            messages.append(
                {"role": "tool", "tool_call_id": message.call_id, "content": message.text}
            )
        elif message.call is None:
            messages.append({"role": message.role, "content": message.text})
        elif message.call.call_id in answered:
            call = {
                "id": message.call.call_id,
                "type": "function",
                "function": {"name": message.call.name, "arguments": message.call.arguments},
            }
            if messages and "tool_calls" in messages[-1]:
                messages[-1]["tool_calls"].append(call)
            else:
                messages.append({"role": "assistant", "content": None, "tool_calls": [call]})
    return messages


def _tools(prompt: Prompt) -> list[dict[str, Any]]:
    return [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": dict(tool.parameters) or {"type": "object", "properties": {}},
            },
        }
        for tool in prompt.tools
    ]


def _tool_choice(choice: str) -> str | dict[str, Any]:
    if choice in ("auto", "required"):
        return choice
    return {"type": "function", "function": {"name": choice}}


def _without_credentials(address: str) -> str:
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()
