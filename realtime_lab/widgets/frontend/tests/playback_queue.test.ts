import assert from "node:assert/strict";
import { test } from "node:test";
import { PlaybackQueue } from "../src/playback_queue.ts";

const RATE = 24_000;
const BLOCK = 128;

function queue() {
  const ended: [string, number][] = [];
  let silences = 0;
  const made = new PlaybackQueue(RATE, {
    ended: (item, samples) => ended.push([item, samples]),
    silent: () => silences++,
  });
  const render = (blocks = 1) => {
    const output: number[] = [];
    for (let i = 0; i < blocks; i++) {
      const block = new Float32Array(BLOCK);
      made.render(block);
      output.push(...block);
    }
    return output;
  };
  return { queue: made, ended, render, silences: () => silences };
}

const loud = (samples: number) => new Int16Array(samples).fill(16_384);
const blocksOf = (seconds: number) => Math.ceil((seconds * RATE) / BLOCK);
const largestStep = (samples: number[]) =>
  Math.max(...samples.slice(1).map((x, i) => Math.abs(x - (samples[i] ?? 0))));

test("nothing plays before enough has arrived", () => {
  const { queue: q, render } = queue();
  q.push("a", loud(1000));
  assert.ok(render(4).every((x) => x === 0));
  q.push("a", loud(1000));
  assert.ok(render(4).some((x) => x !== 0));
});

test("a short reply that is complete plays at once and reports its end", () => {
  const { queue: q, render, ended } = queue();
  q.push("a", loud(300));
  q.finish("a");
  render(4);
  assert.deepEqual(ended, [["a", 300]]);
  assert.equal(q.underruns, 0);
});

test("every sample is played once and in order", () => {
  const { queue: q, render } = queue();
  const samples = Int16Array.from({ length: 5000 }, (_, i) => i);
  q.push("a", samples.subarray(0, 3333));
  q.push("a", samples.subarray(3333));
  q.finish("a");
  const output = render(40).map((x) => Math.round(x * 0x8000));
  assert.deepEqual(output.slice(200, 5000), [...samples].slice(200));
});

test("late audio counts as one underrun and starts again softly", () => {
  const { queue: q, render } = queue();
  q.push("a", loud(2000));
  const first = render(20);
  assert.equal(q.underruns, 0);
  q.push("a", loud(6000));
  const second = render(20);
  assert.equal(q.underruns, 1);
  assert.ok(largestStep([...first, ...second]) < 0.02);
});

test("a reply that ends, late or not, is no underrun", () => {
  const { queue: q, render, ended } = queue();
  q.push("a", loud(2000));
  render(20);
  q.finish("a");
  render(1);
  q.push("b", loud(2000));
  q.finish("b");
  render(20);
  assert.equal(q.underruns, 0);
  assert.deepEqual(ended, [
    ["a", 2000],
    ["b", 2000],
  ]);
});

test("stop is silent within 5 ms and a block, without a click", () => {
  const { queue: q, render, silences } = queue();
  q.push("a", loud(RATE));
  const before = render(20);
  const stopped = q.stop();
  const after = render(blocksOf(0.1));
  assert.ok(after.slice(blocksOf(0.005) * BLOCK).every((x) => x === 0));
  assert.ok(largestStep([...before, ...after]) < 0.02);
  assert.deepEqual(stopped, { item: "a", samples: 20 * BLOCK + 120 });
  assert.equal(silences(), 1);
});

test("what comes after a stop plays", () => {
  const { queue: q, render, ended } = queue();
  q.push("a", loud(RATE));
  render(20);
  q.stop();
  q.push("b", loud(2000));
  q.finish("b");
  assert.ok(render(20).some((x) => x === 0.5));
  assert.deepEqual(ended, [["b", 2000]]);
});
