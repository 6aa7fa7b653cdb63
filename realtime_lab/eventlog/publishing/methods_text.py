"""The facts of a log as sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

__all__ = ["paragraph"]

_LATENCIES = {
    "speech_end_to_first_audio": "from the end of the user's speech to the first audio received",
    "speech_end_to_played": "from the end of the user's speech to the first sample played",
    "request_to_first_audio": "from the request for a response to the first audio received",
}
_KINDS = {
    "emails": "e-mail addresses",
    "phones": "telephone numbers",
    "cards": "card numbers",
    "ibans": "account numbers",
    "keys": "keys",
    "numbers": "numbers said digit by digit",
}
_MINUTE = 60.0


def paragraph(facts: dict[str, Any]) -> str:
    """A paragraph in English from the facts of `Methods`."""
    sentences = (
        *_connections(facts),
        *_settings(facts),
        *_counts(facts),
        *_latencies(facts),
        *_usage(facts),
        *_data(facts),
    )
    return " ".join(sentences)


def _connections(facts: dict[str, Any]) -> Iterator[str]:
    models = _listed(facts["models"]) or "a realtime speech model"
    dialect = _listed(facts["dialects"])
    if not facts["connections"]:
        yield f"Sessions were held with {models} over the Realtime protocol ({dialect} dialect)."
    services = dict.fromkeys(
        (c["service"], c["called"], c["api_version"]) for c in facts["connections"]
    )
    for service, called, version in services:
        api = f", api-version {version}" if version else ""
        if service == "embedded":
            yield (
                f"The Realtime protocol of {models} ({dialect} dialect{api}) was spoken with "
                f"{called}, which emulates it; that model itself did not answer."
            )
        else:
            yield (
                f"A session was held with {models} over the Realtime protocol ({dialect} "
                f"dialect{api}), at {called}."
            )
    count = len(facts["connections"])
    if count > 1:
        yield f"It took {count} connections."


def _settings(facts: dict[str, Any]) -> Iterator[str]:
    settings = facts["settings"]
    if not settings:
        return
    audio = settings.get("audio") or {}
    heard, said = audio.get("input") or {}, audio.get("output") or {}
    if "turn_detection" in heard:
        yield f"{_detection(heard['turn_detection'])}."
    writes = heard.get("transcription")
    if writes:
        language = f" (language {writes['language']})" if writes.get("language") else ""
        yield f"The user's speech was written down by {writes.get('model', 'a model')}{language}."
    voice = said.get("voice")
    if isinstance(voice, str):
        speed = said.get("speed")
        faster = f" at speed {speed:g}" if speed not in (None, 1, 1.0) else ""
        yield f"The model's voice was {voice}{faster}."
    instructions = settings.get("instructions")
    if instructions:
        yield f"Its instructions had {len(instructions)} characters."
    if settings.get("tools"):
        yield f"It could call {_listed(settings['tools'])}."
    if settings.get("temperature") is not None:
        yield f"The temperature was {settings['temperature']:.2g}."
    if facts["settings_changed"] > 1:
        yield f"Settings were told {facts['settings_changed'] + 1} times; these are the last ones."


def _detection(detection: dict[str, Any] | None) -> str:
    if not detection:
        return "Turns were ended by the user (push-to-talk)"
    if detection.get("type") == "semantic_vad":
        eager = detection.get("eagerness", "auto")
        return f"Turns were ended by semantic turn detection (eagerness {eager})"
    parts = [
        f"{name} {detection[field]:g}{unit}"
        for field, name, unit in (
            ("threshold", "threshold", ""),
            ("prefix_padding_ms", "prefix padding", " ms"),
            ("silence_duration_ms", "silence", " ms"),
        )
        if detection.get(field) is not None
    ]
    told = f" ({', '.join(parts)})" if parts else ""
    return f"Turns were ended by the service's voice activity detection{told}"


def _counts(facts: dict[str, Any]) -> Iterator[str]:
    turns = facts["turns"]
    yield (
        f"The recording began on {facts['started'][:10]} and lasted {_length(facts['seconds'])}: "
        f"{_count(turns['total'], 'turn')}, {turns['spoken']} of them spoken."
    )
    responses = facts["responses"]
    if responses:
        statuses = ", ".join(f"{count} {status}" for status, count in responses.items())
        yield f"The model gave {_count(sum(responses.values()), 'response')} ({statuses})."
    if turns["interrupted"]:
        yield f"{_count(turns['interrupted'], 'turn')} ended in an interruption."
    if facts["tool_calls"]:
        yield f"Tools were called {_count(sum(facts['tool_calls'].values()), 'time')}."
    audio = facts["audio"]
    for side, name in (("user", "user"), ("model", "model")):
        told = audio[side]
        if told["samples"]:
            rate = f"{told['rate'] / 1000:g} kHz"
            yield (
                f"The {name}'s side has {told['seconds']:.1f} s of audio "
                f"({told['samples']:,} samples at {rate})."
            )
    if audio["user"]["samples"]:
        yield f"The user spoke for {facts['speech_seconds']:.1f} s of it."


def _latencies(facts: dict[str, Any]) -> Iterator[str]:
    found = False
    for stage, words in _LATENCIES.items():
        told = facts["latency_ms"].get(stage)
        if told:
            found = True
            yield (
                f"The time {words} was measured in {_count(told['turns'], 'turn')}: "
                f"{_distribution(told)}."
            )
    if found:
        yield (
            "Times are those of this side's monotonic clock when an event was logged; one that was "
            "received includes its way from the service, one that was sent is not there yet."
        )


def _distribution(told: dict[str, Any]) -> str:
    if told["turns"] == 1:
        return f"{told['p50']:.0f} ms"
    percentiles = "".join(
        f", {name} percentile {told[field]:.0f} ms"
        for field, name in (("p95", "95th"), ("p99", "99th"))
        if told[field] is not None
    )
    span = f"{told['least']:.0f} to {told['most']:.0f} ms"
    return f"median {told['p50']:.0f} ms{percentiles}, from {span}"


def _usage(facts: dict[str, Any]) -> Iterator[str]:
    usage = facts["usage"]
    if not usage["total_tokens"]:
        return
    yield (
        f"The service counted {usage['input_tokens']:,} tokens of input and "
        f"{usage['output_tokens']:,} of output."
    )
    if usage["dollars"] is not None and usage["prices"]:
        is_real = any(c["service"] != "embedded" for c in facts["connections"])
        cost = "is" if is_real else "would be, had that model answered,"
        yield f"At prices of {usage['prices']['as_of']} that {cost} ${usage['dollars']:.4f}."


def _data(facts: dict[str, Any]) -> Iterator[str]:
    software = {c["recorded_with"] for c in facts["connections"] if c["recorded_with"]}
    recorded = _listed(sorted(software)) or facts["software"]
    sha = facts["sha256"]
    yield f"{facts['events']['total']:,} events were logged with {recorded} (SHA-256 {sha['log']})."
    audio = [f"{side} {sha[f'{side}_audio']}" for side in ("user", "model") if sha[f"{side}_audio"]]
    if audio:
        yield f"SHA-256 of the audio: {', '.join(audio)}."
    privacy = facts["privacy"]
    if not privacy["audio_recorded"]:
        yield "Audio was not kept."
    kinds = [_KINDS.get(str(kind), str(kind)) for kind in privacy["redacted"]]
    yield (
        f"Before anything was stored or shown, {_listed(kinds)} found in texts were replaced."
        if kinds
        else "Nothing was redacted."
    )
    for agreed in privacy["consent"]:
        yield (
            f"That what was said is sent to the service was agreed to on {agreed['date']} (notice "
            f"of {agreed['notice']})."
        )


def _listed(words: Sequence[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _length(seconds: float) -> str:
    if seconds < 2 * _MINUTE:
        return f"{seconds:.1f} s"
    return f"{seconds / _MINUTE:.1f} min"
