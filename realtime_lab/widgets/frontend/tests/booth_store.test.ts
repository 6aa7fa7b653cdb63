import assert from "node:assert/strict";
import { test } from "node:test";
import { TakeStore } from "../src/booth/take_store.ts";

const TAKE = {
  source: "m",
  voice: "ash",
  repeat: 0,
  text: 0,
  seconds: 20,
  rate: 24_000,
  samples: 480_000,
  said: [],
  times: [],
};

/** A kernel whose samples count up, at an odd address as over a socket. */
function store() {
  const asked: [string, object][] = [];
  const ask = async (question: string, asks: { first: number; count: number }) => {
    asked.push([question, asks]);
    if (question === "measures") {
      const floats = new Float32Array([0.01, 0.02]);
      return { answer: { values: { f0: 1 } }, buffers: [new DataView(floats.buffer)] };
    }
    const bytes = new ArrayBuffer(2 * asks.count + 1);
    const view = new DataView(bytes, 1);
    for (let i = 0; i < asks.count; i++) view.setInt16(2 * i, (asks.first + i) % 1000, true);
    return { answer: {}, buffers: [view] };
  };
  return { store: new TakeStore({ ask } as never), asked };
}

test("a sound comes in pieces and is put together", async () => {
  const { store: kept, asked } = store();
  const { samples, rate } = await kept.sound(3, TAKE);
  assert.equal(rate, 24_000);
  assert.ok(asked.length > 1);
  assert.ok(samples.every((sample, i) => sample === (i % 1000) / 0x8000));
});

test("what is here, or on its way, is not asked for again", async () => {
  const { store: kept, asked } = store();
  const [one, other] = await Promise.all([kept.measures(1), kept.measures(1)]);
  await kept.measures(1);
  assert.equal(asked.length, 1);
  assert.equal(one, other);
  assert.deepEqual(
    [...one.pitch.times].map((time) => time.toFixed(2)),
    ["0.01", "0.02"],
  );
});

test("sounds that are not shown are forgotten", async () => {
  const { store: kept } = store();
  await kept.sound(1, { ...TAKE, samples: 10 });
  await kept.sound(2, { ...TAKE, samples: 10 });
  kept.keep(new Set([2]));
  assert.deepEqual([...kept.sounds.keys()], [2]);
});
