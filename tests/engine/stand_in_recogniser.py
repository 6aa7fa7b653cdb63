"""A worker process without models, for tests of the transcriber: it understands byte counts.

The utterance's text is "<bytes of audio> bytes". Audio that begins with a command word makes it
misbehave: ``die!`` ends the process, ``hang`` leaves every later question unanswered. A quick one
says "quickly" after that.
"""

import json
import sys
import time

from realtime_lab.engine.sphinx_frames import HEADER, Kind, pack, pack_json, unpack_header

if "fail" in sys.argv:
    sys.stdout.buffer.write(pack(Kind.FAILED, payload=b"no model here"))
    sys.exit()
if "end" in sys.argv:
    sys.exit(3)

out, total, utterance, phrases = sys.stdout.buffer, 0, 0, []
out.write(pack(Kind.READY))
out.flush()
while header := sys.stdin.buffer.read(HEADER.size):
    kind, number, length = unpack_header(header)
    payload = sys.stdin.buffer.read(length)
    if kind is Kind.OPEN:
        total, utterance, phrases = 0, number, json.loads(payload)
    elif kind is Kind.AUDIO:
        if payload.startswith(b"die!"):
            sys.exit(1)
        if payload.startswith(b"hang"):
            time.sleep(600)
        total += length
        out.write(pack(Kind.PARTIAL, utterance, f"{total} so far".encode()))
    elif kind is Kind.RESULT:
        how = " quickly" if "quick" in sys.argv else ""
        text = phrases[0] if phrases else f"{total} bytes{how}"
        answer = {"text": text, "confidence": 0.5, "phrase": bool(phrases)}
        out.write(pack_json(Kind.RESULT, number, answer))
    out.flush()
