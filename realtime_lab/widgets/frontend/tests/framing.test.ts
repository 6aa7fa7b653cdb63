import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeFrame, encodeFrame } from "../src/framing.ts";

test("a frame comes back as it went", () => {
  const pcm = Int16Array.from([0, 1, -1, 32767, -32768]);
  const frame = decodeFrame(encodeFrame({ type: "mic", text: "ü" }, pcm));
  assert.deepEqual(frame.header, { type: "mic", text: "ü" });
  assert.deepEqual(frame.pcm, pcm);
});

test("a frame is read at any offset of its buffer", () => {
  const bytes = encodeFrame({ type: "audio" }, Int16Array.of(7, 8));
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  assert.deepEqual(decodeFrame(shifted.subarray(3)).pcm, Int16Array.of(7, 8));
});

test("the bytes are those that widgets/framing.py writes", () => {
  assert.deepEqual(
    [...encodeFrame({ type: "a" }, Int16Array.of(258))],
    [12, 0, ...new TextEncoder().encode('{"type":"a"}'), 2, 1],
  );
});

test("half a frame is refused", () => {
  assert.throws(() => decodeFrame(Uint8Array.of(9)), RangeError);
  assert.throws(() => decodeFrame(Uint8Array.of(9, 0, 123)), RangeError);
});
