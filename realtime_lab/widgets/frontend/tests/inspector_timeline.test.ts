import assert from "node:assert/strict";
import { test } from "node:test";
import { clockTime, duration } from "../src/inspector/format.ts";
import { LAYOUT, laneAt, RULER_HEIGHT, spanAt } from "../src/inspector/lanes.ts";
import type { Span } from "../src/inspector/messages.ts";
import { TimeAxis } from "../src/inspector/time_axis.ts";
import { TimelineData } from "../src/inspector/timeline_data.ts";
import { extremes } from "../src/inspector/waveform.ts";

function axis(seconds = 100, width = 1000): TimeAxis {
  const made = new TimeAxis();
  made.width = width;
  made.grow(seconds);
  return made;
}

const close = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-6, `${a} is not ${b}`);

test("all of a session is in view at first, with a little room behind it", () => {
  const whole = axis();
  assert.ok(whole.isFitted);
  close(whole.x(0), 0);
  assert.ok(whole.x(100) < 1000 && whole.x(100) > 980);
});

test("zooming keeps the time under the pointer where it is", () => {
  const view = axis();
  const time = view.time(300);
  view.zoom(4, time);
  close(view.x(time), 300);
  close(view.span, 101 / 4);
  view.zoom(0.25, time);
  assert.ok(view.isFitted);
});

test("neither zoom nor pan leaves the session", () => {
  const view = axis();
  view.zoom(2, 50);
  view.pan(-1000);
  close(view.start, 0);
  view.pan(1000);
  close(view.end, view.limit);
  view.zoom(1e9, 50);
  assert.ok(view.span >= 0.019);
  view.zoom(1e-9, 50);
  close(view.span, view.limit);
});

test("who saw the end of a live session goes on seeing it; who looked elsewhere is left alone", () => {
  const view = axis(100);
  view.show(81, 101);
  view.grow(110);
  assert.ok(view.end >= 110);
  close(view.span, 20);
  view.show(10, 20);
  view.grow(120);
  close(view.start, 10);
  view.fit();
  view.grow(200);
  assert.ok(view.isFitted);
});

test("speech that nobody played can be reached behind the session, and is not shown at first", () => {
  const view = new TimeAxis();
  view.width = 1000;
  view.grow(10, 100);
  close(view.end, 10.1);
  view.pan(1000);
  close(view.end, 100);
  view.zoom(0.001, 50);
  close(view.span, 100);
  view.fit();
  view.grow(12, 100);
  assert.ok(view.isFitted);
});

test("a time that is out of view turns the page", () => {
  const view = axis();
  view.show(0, 10);
  assert.ok(!view.reveal(9));
  assert.ok(view.reveal(10.5));
  close(view.start, 9.5);
});

test("the ruler has round times, far enough apart to be read", () => {
  for (const [start, end] of [
    [0, 101],
    [3.21, 3.29],
    [0, 5],
    [40, 41],
  ] as const) {
    const view = axis();
    view.show(start, end);
    const { step, times } = view.ticks();
    assert.ok((step / view.span) * view.width >= 80);
    assert.ok(times.length >= 2 && times.length <= 13);
    for (const time of times) {
      close(time / step, Math.round(time / step));
      assert.ok(time >= view.start - 1e-9 && time <= view.end + 1e-9);
    }
  }
});

test("a session of days has a ruler, too", () => {
  const view = axis(400_000, 300);
  assert.ok(view.ticks().times.length <= 4);
});

test("times read as a clock, lengths in the unit that fits", () => {
  assert.equal(clockTime(0), "0:00.000");
  assert.equal(clockTime(61.23456), "1:01.235");
  assert.equal(clockTime(59.9996), "1:00.000");
  assert.equal(clockTime(3725, 1), "1:02:05");
  assert.equal(clockTime(0.25, 0.1), "0:00.3");
  assert.equal(duration(0.0124), "12 ms");
  assert.equal(duration(0.9999), "1.00 s");
  assert.equal(duration(75), "1:15 min");
});

const span = (fields: Partial<Span>): Span => ({
  lane: "user",
  start: 0,
  end: 1,
  open: false,
  text: "",
  turn: null,
  item: "",
  response: "",
  seq: 0,
  merged: 1,
  ...fields,
});

test("a point of the picture leads to its lane and to the shortest span there", () => {
  const spans = [
    span({ lane: "response", start: 1, end: 9, text: "long" }),
    span({ lane: "response", start: 2, end: 3, text: "short" }),
    span({ lane: "tools", start: 2, end: 3, text: "tool" }),
  ];
  const lane = LAYOUT.find(({ lane }) => lane === "response");
  assert.equal(laneAt((lane?.top ?? 0) + 1)?.lane, "response");
  assert.equal(laneAt(RULER_HEIGHT - 5), undefined);
  assert.equal(spanAt(spans, "response", 2.5, 0)?.text, "short");
  assert.equal(spanAt(spans, "response", 5, 0)?.text, "long");
  assert.equal(spanAt(spans, "response", 9.05, 0), undefined);
  assert.equal(spanAt(spans, "response", 9.05, 0.1)?.text, "long");
});

test("a pixel of a waveform shows the lowest and the highest sample under it", () => {
  const values = Int8Array.from([-10, 10, -20, 5, -1, 40, 0, 0]);
  const peaks = { start: 1, end: 2, values };
  assert.deepEqual(extremes(peaks, 1, 2), [-20, 40]);
  assert.deepEqual(extremes(peaks, 1.25, 1.5), [-20, 5]);
  assert.deepEqual(extremes(peaks, 1.3, 1.31), [-20, 5]);
  assert.equal(extremes(peaks, 2, 3), null);
  assert.equal(extremes(peaks, 0.5, 0.9), null);
});

const settle = () => new Promise((resolve) => setImmediate(resolve));

function data() {
  const asked: { question: string; start: number; end: number }[] = [];
  const ask = async (question: string, asks: { start: number; end: number; buckets: number }) => {
    asked.push({ question, ...asks });
    if (question === "spans") return { answer: { lane: [], open: [] }, buffers: [] };
    const values = new DataView(new ArrayBuffer(2 * asks.buckets));
    return { answer: { sides: ["model"] }, buffers: [values] };
  };
  return { data: new TimelineData({ ask: ask as never }, () => {}), asked };
}

test("panning within what was fetched asks for nothing; beyond it, and much closer, it does", async () => {
  const { data: known, asked } = data();
  const view = axis();
  view.show(40, 50);
  known.want(view);
  await settle();
  assert.deepEqual(
    asked.map(({ question, start, end }) => [question, start, end]),
    [
      ["spans", 30, 60],
      ["peaks", 30, 60],
    ],
  );
  assert.equal(known.peaks.get("model")?.values.length, 2 * 3000);
  view.pan(5);
  known.want(view);
  view.zoom(1.3, 50);
  known.want(view);
  assert.equal(asked.length, 2);
  view.pan(40);
  known.want(view);
  await settle();
  assert.equal(asked.length, 4);
  view.zoom(10, view.start);
  known.want(view);
  await settle();
  assert.equal(asked.length, 6);
});

test("what was overtaken while the kernel was busy is never asked for", async () => {
  const { data: known, asked } = data();
  const view = axis(10_000);
  view.show(0, 10);
  for (let i = 0; i < 50; i++) {
    view.pan(100);
    known.want(view);
  }
  await settle();
  await settle();
  assert.ok(asked.length <= 4);
  close(asked.at(-1)?.start ?? 0, view.start - 10);
});
