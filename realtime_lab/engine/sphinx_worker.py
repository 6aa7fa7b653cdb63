"""The process in which PocketSphinx runs: it holds the interpreter lock while it decodes.

Reads messages from its standard input and answers on its standard output (see `sphinx_frames`).
Ends when its input does, that is, with its parent.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import BinaryIO

from .sphinx_decoding import SphinxDecoder
from .sphinx_frames import HEADER, Kind, pack, pack_json, unpack_header

__all__ = ["main", "serve"]


def main() -> None:
    # An interrupt in a terminal reaches the whole process group; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not mix with the answers
    serve(sys.stdin.buffer, answers, quick="quick" in sys.argv[1:])


def serve(messages: BinaryIO, answers: BinaryIO, *, quick: bool = False) -> None:
    """Answer messages until there are no more; ``quick`` as of `SphinxDecoder`."""

    def send(message: bytes) -> None:
        answers.write(message)
        answers.flush()

    try:
        decoder = SphinxDecoder(quick=quick)
        _warm(decoder)
    except Exception as error:
        send(pack(Kind.FAILED, payload=str(error).encode()))
        return
    send(pack(Kind.READY))
    utterance = 0
    while header := messages.read(HEADER.size):
        kind, number, length = unpack_header(header)
        payload = messages.read(length)
        if kind is Kind.OPEN:
            utterance = number
            decoder.start(json.loads(payload))
        elif kind is Kind.AUDIO:
            decoder.feed(payload)
            send(pack(Kind.PARTIAL, utterance, decoder.partial.encode()))
        elif kind is Kind.RESULT:
            text, confidence, phrase = decoder.result()
            answer = {"text": text, "confidence": confidence, "phrase": phrase}
            send(pack_json(Kind.RESULT, number, answer))


def _warm(decoder: SphinxDecoder) -> None:
    """Touch the models once, so that the first utterance does not wait for the disk."""
    decoder.start(["hello"])
    decoder.feed(bytes(48_000))
    decoder.result()


if __name__ == "__main__":
    main()
