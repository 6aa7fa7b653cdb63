"""What is written down before anybody listens, so that nobody can choose afterwards."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import msgspec

from ...errors import ListeningError
from .design import ListeningDesign, TrialKind

__all__ = ["WHY_NO_MUSHRA", "plan", "write_preregistration"]

WHY_NO_MUSHRA = (
    "This is not a MUSHRA test. ITU-R BS.1534 rates how far systems fall short of a known "
    "reference, which the listener hears beside them, and which is hidden once more among them "
    "together with band-limited anchors; listeners who do not find the hidden reference are left "
    "out. Voices of a speech model have no reference: none of them is the right one, and none is a "
    "degraded copy of another. What is used here is its way of showing several stimuli at once, "
    "without reference and anchors, and attention checks in the place of the hidden reference."
)


def plan(design: ListeningDesign, listeners: int) -> dict[str, Any]:
    """The whole design as plain data: question, scale, stimuli by hash, order, planned analysis."""
    trials = design.sheet(0)
    kinds = {kind: sum(trial.kind == kind for trial in trials) for kind in get_args(TrialKind)}
    return {
        "fingerprint": design.fingerprint,
        "question": design.question,
        "scale": msgspec.to_builtins(design.scale),
        "systems": list(design.systems),
        "stimuli": [msgspec.to_builtins(stimulus) for stimulus in design.stimuli],
        "loudness_lufs": design.loudness,
        "seed": design.seed,
        "listeners_planned": listeners,
        "trials_per_listener": kinds,
        "order": _ORDER,
        "attention_checks": _CHECKS,
        "exclusion": _EXCLUSION,
        "analysis": _analysis(design),
        "not_mushra": WHY_NO_MUSHRA,
    }


def write_preregistration(
    design: ListeningDesign, path: Path, *, listeners: int, now: datetime
) -> Path:
    """Write the plan as ``.json``, or as ``.md`` to be read.

    Raises:
        ListeningError: for another ending or no listeners, or if the file exists or cannot be
            written.
    """
    if not isinstance(listeners, int) or listeners < 1:
        raise ListeningError(f"listeners={listeners!r}: plan for one at least, as a whole number")
    told = {"written": now.astimezone(UTC).isoformat(timespec="seconds")} | plan(design, listeners)
    if path.suffix == ".json":
        text = msgspec.json.format(msgspec.json.encode(told)).decode() + "\n"
    elif path.suffix == ".md":
        text = _markdown(told)
    else:
        raise ListeningError(f"{path.name}: a preregistration is written as .json or .md")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ListeningError(
            f"{path} is there already, and what was registered is not overwritten; "
            "give another name"
        ) from None
    except OSError as error:
        raise ListeningError(f"{path} cannot be written ({error.strerror})") from error
    return path


_ORDER = (
    "Lines, screens or pairs, and stimuli within a screen follow Williams designs by the number of "
    "the listener, after a seeded shuffle; which of a pair is heard first changes from listener to "
    "listener. Repeated trials show the stimuli the other way round, after at least one other."
)
_CHECKS = (
    "Repeated trials; trials that ask for a named answer; stimuli that were never played. They are "
    "reported for every listener."
)
_EXCLUSION = (
    "Nobody is left out by itself. A listener is flagged for a missed named target, for fewer than "
    "half of at least three repeated trials answered alike (the same side of a pair; on a scale "
    "within a quarter of it on average), or for an answer without playing everything to a trial "
    "that does not name it. Results are reported with all listeners, and without those flagged."
)


def _analysis(design: ListeningDesign) -> list[str]:
    means = "Mean answer of each system with a 95 % interval by Student's t over listeners' means."
    alpha = f"Agreement between listeners: Krippendorff's alpha, {design.scale.level}."
    if not design.scale.compares:
        tests = "Every two systems: Wilcoxon's signed-rank test over listeners, Holm's correction."
        return [means, tests, alpha]
    return [
        "Bradley-Terry scores with Davidson's ties and an effect of order, by maximum likelihood; "
        "95 % intervals by the spread between listeners (sandwich estimator; six and more), "
        "else by the information matrix.",
        "Every two systems: exact sign test over listeners (who preferred which more often; those "
        "who did neither are left out), Holm's correction.",
        means,
        alpha,
    ]


def _markdown(told: dict[str, Any]) -> str:
    stimuli = "\n".join(
        f"| `{s['id']}` | {s['system']} | {s['line']} | {s['repeat']} | `{s['sha256']}` |"
        for s in told["stimuli"]
    )
    texts = "\n".join(
        f"- line {line}: {text}"
        for line, text in dict.fromkeys((s["line"], s["text"]) for s in told["stimuli"])
    )
    counts = ", ".join(f"{n} {kind}" for kind, n in told["trials_per_listener"].items() if n)
    analysis = "\n".join(f"{i}. {step}" for i, step in enumerate(told["analysis"], 1))
    scale = told["scale"]
    loudness = told["loudness_lufs"]
    played = "as they are" if loudness is None else f"at {loudness:g} LUFS"
    return f"""# A listening test, as planned

Written {told["written"]}; fingerprint of the design `{told["fingerprint"]}`.

- Question: {told["question"]}
- Scale: {scale["name"]}, {scale["lowest"]:g} to {scale["highest"]:g} ({scale["source"]})
- Systems: {", ".join(told["systems"])}
- Listeners planned: {told["listeners_planned"]}
- Trials for each listener: {counts}
- Stimuli are played {played}; seed {told["seed"]}

## Order

{told["order"]}

## Attention checks and exclusion

{told["attention_checks"]} {told["exclusion"]}

## Analysis

{analysis}

## Why not MUSHRA

{told["not_mushra"]}

## Texts

{texts}

## Stimuli

| id | system | line | repeat | SHA-256 of the samples |
|---|---|---|---|---|
{stimuli}
"""
