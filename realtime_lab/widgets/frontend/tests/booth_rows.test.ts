import assert from "node:assert/strict";
import { test } from "node:test";
import { Arrangement } from "../src/booth/arrangement.ts";
import { decibels, deviationOf, figure } from "../src/booth/format.ts";
import type { TakeFacts } from "../src/booth/messages.ts";
import { arranged, deviation, type Row, rowsOf, takeOf } from "../src/booth/rows.ts";

function take(voice: string, source = "m", of: Partial<TakeFacts> = {}): TakeFacts {
  const facts = { source, voice, repeat: 0, text: 0, seconds: 1, rate: 24_000, samples: 24_000 };
  return { ...facts, said: [], times: [], ...of };
}

const names = (rows: Row[]) => rows.map(({ voice }) => voice);

test("each voice of each source is a row, with its repeats", () => {
  const takes = [take("ash"), take("coral"), take("ash", "n"), take("ash", "m", { repeat: 1 })];
  assert.deepEqual(
    rowsOf(takes).map(({ source, voice, takes }) => [source, voice, takes]),
    [
      ["m", "ash", [0, 3]],
      ["m", "coral", [1]],
      ["n", "ash", [2]],
    ],
  );
});

test("a row shows the repeat that was chosen, or else one that there is", () => {
  const takes = [take("ash"), take("ash", "m", { repeat: 1 }), take("ash", "m", { text: 1 })];
  const [row] = rowsOf(takes) as [Row];
  assert.equal(takeOf(row, takes, 0, 1), 1);
  assert.equal(takeOf(row, takes, 1, 1), 2);
  assert.equal(takeOf(row, takes, 2, 0), null);
});

test("rows are sorted by a measure either way, and those without one come last", () => {
  const rows = rowsOf([take("a"), take("b"), take("c")]);
  const values: { [voice: string]: number | null } = { a: 2, b: null, c: 1 };
  const sort = (by: string, descending: boolean) =>
    arranged(rows, "none", { by, descending }, ({ voice }) => values[voice] ?? null).flatMap(
      ({ rows }) => names(rows),
    );
  assert.deepEqual(sort("f0", false), ["c", "a", "b"]);
  assert.deepEqual(sort("f0", true), ["a", "c", "b"]);
  assert.deepEqual(sort("voice", true), ["c", "b", "a"]);
  assert.deepEqual(sort("", false), ["a", "b", "c"]);
});

test("several sources are groups, each sorted by itself", () => {
  const summary = {
    texts: [["One"], ["Two", "words"]],
    takes: [take("b", "m"), take("a", "m"), take("a", "n"), take("a", "n", { text: 1 })],
    columns: [],
    target: -23,
    notes: [],
  };
  const shown = new Arrangement(summary);
  shown.sorting = { by: "voice", descending: false };
  shown.arrange(() => null);
  assert.deepEqual(
    shown.groups.map(({ title, rows }) => [title, names(rows)]),
    [
      ["m", ["a", "b"]],
      ["n", ["a"]],
    ],
  );
  shown.grouping = "voice";
  shown.arrange(() => null);
  assert.deepEqual(
    shown.groups.map(({ title, rows }) => [title, rows.map(({ source }) => source)]),
    [
      ["b", ["m"]],
      ["a", ["m", "n"]],
    ],
  );
  shown.text = 1;
  assert.deepEqual(shown.asked, ["Two", "words"]);
  assert.deepEqual(
    shown.shown.map(({ id }) => id),
    [3],
  );
});

test("one value has no spread", () => {
  assert.equal(deviation([3]), null);
  assert.equal(deviation([1, 3]), Math.SQRT2);
});

test("figures have three digits that mean something", () => {
  assert.deepEqual([142.4, -21.44, 4.888, 3, 0.0012].map(figure), [
    "142",
    "−21.4",
    "4.89",
    "3",
    "0.0012",
  ]);
  assert.equal(deviationOf(142.4, 3.2), "±3");
  assert.equal(deviationOf(4.888, 0.0006), "±0.00");
  assert.deepEqual([1.55, -4, 0.01].map(decibels), ["+1.6 dB", "−4.0 dB", "0 dB"]);
});
