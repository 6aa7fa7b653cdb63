import assert from "node:assert/strict";
import { test } from "node:test";
import { Resampler } from "../src/resampler.ts";

function sine(hertz: number, rate: number, seconds: number): Float32Array {
  return Float32Array.from({ length: rate * seconds }, (_, i) =>
    Math.sin((2 * Math.PI * hertz * i) / rate),
  );
}

function inBlocks(resampler: Resampler, samples: Float32Array, size = 128): Float32Array {
  const parts: number[] = [];
  for (let i = 0; i < samples.length; i += size) {
    parts.push(...resampler.process(samples.subarray(i, i + size)));
  }
  return Float32Array.from(parts);
}

function rms(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
}

for (const rate of [16_000, 22_050, 44_100, 48_000, 96_000, 192_000]) {
  test(`${rate} Hz becomes 24 kHz without gaining or losing time`, () => {
    const output = inBlocks(new Resampler(rate, 24_000), sine(440, rate, 1));
    assert.ok(Math.abs(output.length - 24_000) <= 1, `${output.length} samples`);
  });

  test(`a tone at ${rate} Hz keeps its level and its pitch`, () => {
    const output = inBlocks(new Resampler(rate, 24_000), sine(440, rate, 1)).subarray(2400, 21_600);
    assert.ok(Math.abs(rms(output) - Math.SQRT1_2) < 0.001, `rms ${rms(output)}`);
    let crossings = 0;
    for (let i = 1; i < output.length; i++) {
      if ((output[i - 1] ?? 0) < 0 !== (output[i] ?? 0) < 0) crossings++;
    }
    assert.ok(Math.abs(crossings - 2 * 440 * 0.8) <= 1, `${crossings} zero crossings`);
  });
}

test("what lies above the new Nyquist frequency is gone, not folded down", () => {
  const output = inBlocks(new Resampler(48_000, 24_000), sine(15_000, 48_000, 1));
  assert.ok(rms(output.subarray(1000)) < 0.0005, `rms ${rms(output)}`);
});

test("the size of the blocks does not matter", () => {
  const input = sine(1000, 44_100, 0.5);
  const small = inBlocks(new Resampler(44_100, 24_000), input, 1);
  const large = inBlocks(new Resampler(44_100, 24_000), input, 10_000);
  assert.deepEqual(small, large);
});
