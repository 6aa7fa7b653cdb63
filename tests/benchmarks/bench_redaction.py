"""What it costs to look for personal data in long texts, such as a tool gives back.

Each text is redacted as it is when it leaves memory, beside the plain way (every word is looked
at); both take turns within one run, and the best CPU time of each counts.
"""

from __future__ import annotations

import json
import time
from base64 import b64encode
from collections.abc import Callable
from random import Random

from realtime_lab.eventlog import Redaction

SIZE = 1_000_000
ROUNDS = 3
WORDS = [
    "the", "of", "and", "to", "in", "is", "that", "it", "was", "for", "on", "are", "as",
    "with", "his", "they", "at", "be", "this", "have", "from", "or", "one", "had", "by",
    "word", "but", "not", "what", "all", "were", "we", "when", "your", "can", "said", "there",
    "use", "an", "each", "which", "she", "do", "how", "their",
]  # fmt: skip
REDACTION = Redaction()


def plainly(text: str) -> str:
    """Every word is looked at."""
    stream = REDACTION.stream()
    stream.feed(text)
    stream.finish()
    return stream.rendered(0, text)


def texts() -> dict[str, str]:
    """Ordinary ones, and those that suspect most."""
    random = Random(1)

    def words(count: int) -> str:
        return " ".join(random.choice(WORDS) for _ in range(count))

    def repeated(make: Callable[[], object]) -> str:
        made: list[object] = []
        while len(text := json.dumps(made)) < SIZE:
            made += [make() for _ in range(max(1, len(made)))]
        return text[:SIZE]

    return {
        "prose": words(SIZE // 3)[:SIZE],
        "JSON of texts": repeated(lambda: {"title": words(8), "body": words(30)}),
        "JSON of records": repeated(
            lambda: {
                "id": f"item_{random.randrange(10**6):06}",
                "at": "2024-10-01T12:34:56.789Z",
                "share": random.random(),
                "count": random.randrange(10**6),
                "name": words(1),
            }
        ),
        "JSON of numbers": repeated(random.random),
        "base64": b64encode(random.randbytes(SIZE * 3 // 4)).decode(),
        "JSON of e-mails": repeated(lambda: {"to": f"{words(1)}@example.com", "body": words(9)}),
        "cards that are none": "4111 " * (SIZE // 5),
        "accounts that are none": "DE89 " * (SIZE // 5),
        "number words": "one " * (SIZE // 4),
    }


def main() -> None:
    """Print ms of CPU per MB, and how many times quicker than the plain way that is."""
    print(f"{SIZE / 1e6:g} MB each, best of {ROUNDS}, CPU ms per MB; a quarter of it, per MB")
    for name, text in texts().items():
        quarter = text[: SIZE // 4]
        ways = {"it": REDACTION.redacted, "plain": plainly}
        best = dict.fromkeys([*ways, "quarter"], float("inf"))
        for _ in range(ROUNDS):
            for way, redact in ways.items():
                best[way] = min(best[way], _seconds(redact, text))
            best["quarter"] = min(best["quarter"], _seconds(REDACTION.redacted, quarter))
        each = 1e9 / len(text)
        print(
            f"{name:24} {best['it'] * each:8.1f} ms {best['quarter'] * 4 * each:8.1f} ms "
            f"{best['plain'] / best['it']:6.1f} × as quick as the plain way"
        )


def _seconds(redact: Callable[[str], str], text: str) -> float:
    begun = time.process_time()
    redact(text)
    return time.process_time() - begun


if __name__ == "__main__":
    main()
