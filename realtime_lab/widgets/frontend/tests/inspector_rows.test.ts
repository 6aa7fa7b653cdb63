import assert from "node:assert/strict";
import { test } from "node:test";
import { Following } from "../src/inspector/following.ts";
import { EVERYTHING, type Filter, type Questions } from "../src/inspector/messages.ts";
import { PAGE_ROWS, PageCache } from "../src/inspector/page_cache.ts";
import { RowList } from "../src/inspector/row_list.ts";
import { Unfolded } from "../src/inspector/unfolded.ts";

/** Lets promises that are settled be heard of. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

function cache() {
  const asked: { first: number; answer: (version?: string) => Promise<void> }[] = [];
  let arrivals = 0;
  const made = new PageCache<string>({
    fetch: (first, count) =>
      new Promise((resolve) => {
        const answer = (version = "") => {
          resolve(Array.from({ length: count }, (_, i) => `${first + i}${version}`));
          return settle() as Promise<void>;
        };
        asked.push({ first, answer });
      }),
    arrived: () => arrivals++,
  });
  const next = () => asked.shift() as (typeof asked)[number];
  return { cache: made, asked, next, arrivals: () => arrivals };
}

test("what is in view is asked for first, then the pages around it", async () => {
  const { cache: rows, next, asked } = cache();
  rows.want(450, 490, 10_000);
  assert.deepEqual(
    asked.map(({ first }) => first),
    [400, 600],
  );
  assert.equal(rows.row(450), undefined);
  await next().answer();
  assert.equal(rows.row(450), "450");
  assert.deepEqual(
    asked.map(({ first }) => first),
    [600, 200],
  );
});

test("no page is asked for beyond the end or twice", async () => {
  const { cache: rows, asked, next } = cache();
  rows.want(0, 20, 150);
  rows.want(1, 21, 150);
  assert.equal(asked.length, 1);
  await next().answer();
  rows.want(2, 22, 150);
  assert.equal(asked.length, 0);
});

test("pages that a fast scroll passed are never asked for", async () => {
  const { cache: rows, asked, next } = cache();
  for (let row = 0; row < 1_000_000; row += 10_000) rows.want(row, row + 40, 1_000_000);
  assert.equal(asked.length, 2);
  await next().answer();
  await next().answer();
  const firsts = asked.map(({ first }) => first);
  assert.deepEqual(firsts, [990_000, 990_200]);
});

test("answers of a list that was replaced are dropped", async () => {
  const { cache: rows, next, arrivals } = cache();
  rows.want(0, 20, 1000);
  const old = next();
  rows.clear();
  rows.want(0, 20, 1000);
  await old.answer(" old");
  assert.equal(rows.row(0), undefined);
  assert.equal(arrivals(), 0);
});

test("rows that may have changed are shown until the new ones are there", async () => {
  const { cache: rows, next, asked } = cache();
  rows.want(0, 20, 150);
  await next().answer(" old");
  rows.outdate(100);
  assert.equal(rows.row(3), "3 old");
  assert.equal(asked.length, 1);
  await next().answer(" new");
  assert.equal(rows.row(3), "3 new");
});

test("an answer from before a change does not count as the new one", async () => {
  const { cache: rows, next } = cache();
  rows.want(0, 20, 150);
  const early = next();
  rows.outdate(0);
  const late = next();
  await late.answer(" new");
  await early.answer(" old");
  assert.equal(rows.row(0), "0 new");
});

test("the cache is bounded, and keeps what is in view", async () => {
  const { cache: rows, asked } = cache();
  for (let page = 0; page < 200; page++) {
    rows.want(page * PAGE_ROWS, page * PAGE_ROWS + 40, 1_000_000);
    while (asked.length) await asked.shift()?.answer();
  }
  assert.ok(rows.pages <= 48);
  assert.ok(rows.row(199 * PAGE_ROWS));
  assert.equal(rows.row(0), undefined);
});

test("unfolded rows push down what follows them", () => {
  const unfolded = new Unfolded();
  unfolded.unfold(10, 3);
  unfolded.unfold(4, 2);
  assert.equal(unfolded.extra, 5);
  const places = [3, 4, 5, 6, 7, 12, 13, 15, 16].map((line) => unfolded.place(line));
  assert.deepEqual(
    places.map(({ row, piece }) => [row, piece]),
    [
      [3, -1],
      [4, -1],
      [4, 0],
      [4, 1],
      [5, -1],
      [10, -1],
      [10, 0],
      [10, 2],
      [11, -1],
    ],
  );
});

test("every line leads to its place and back", () => {
  const unfolded = new Unfolded();
  for (const [row, pieces] of [
    [0, 5],
    [7, 1],
    [8, 40],
  ] as const)
    unfolded.unfold(row, pieces);
  for (let line = 0; line < 80; line++) assert.equal(unfolded.line(unfolded.place(line)), line);
  unfolded.fold(7);
  for (let line = 0; line < 80; line++) assert.equal(unfolded.line(unfolded.place(line)), line);
});

/** A kernel with a log of `events`, in which runs of five are folded. */
function kernel(log: { events: number }) {
  const asked: string[] = [];
  const rowsOf = (first: number, seqs: number[], folded: boolean) => {
    const count = seqs.length;
    return {
      types: ["a.delta"],
      seq: seqs,
      at: seqs.map((seq) => seq / 100),
      direction: "r".repeat(count),
      type: Array(count).fill(0),
      words: seqs.map((seq, i) => `${first + i}: ${seq}`),
      size: Array(count).fill(10),
      turn: Array(count).fill(null),
      response: Array(count).fill(""),
      pieces: seqs.map((seq) => (folded ? Math.min(5, log.events - seq) : 1)),
      until: seqs.map((seq) => seq / 100),
    };
  };
  const total = (filter: Filter) => (filter.folded ? Math.ceil(log.events / 5) : log.events);
  const ask = async (question: string, asks: object) => {
    asked.push(question);
    const { filter, first, count, head } = asks as Questions["rows"]["asks"] & { head: number };
    if (question === "count") return { answer: { total: total(filter) }, buffers: [] };
    const step = question === "rows" && filter.folded ? 5 : 1;
    const from = question === "pieces" ? head : 0;
    const end = question === "pieces" ? head + Math.min(5, log.events - head) : log.events;
    const seqs = Array.from({ length: count }, (_, i) => from + (first + i) * step);
    const known = seqs.filter((seq) => seq < end);
    return { answer: rowsOf(first, known, step > 1), buffers: [] };
  };
  return { kernel: { ask: ask as never }, asked };
}

async function list(log: { events: number }) {
  const { kernel: asks, asked } = kernel(log);
  let replaced = 0;
  const made = new RowList(asks, { changed: () => {}, replaced: () => replaced++ });
  await made.setFilter(EVERYTHING);
  made.want(0, 20);
  await settle();
  return { list: made, asked, replaced: () => replaced };
}

test("a stream is one row, which unfolds in place and folds again", async () => {
  const { list: rows } = await list({ events: 100 });
  assert.equal(rows.lines, 20);
  assert.equal(rows.line(2)?.row.seq, 10);
  rows.toggle(2);
  assert.equal(rows.lines, 25);
  rows.want(0, 20);
  await settle();
  const seqs = Array.from({ length: 9 }, (_, line) => rows.line(line)?.row.seq);
  assert.deepEqual(seqs, [0, 5, 10, 10, 11, 12, 13, 14, 15]);
  rows.toggle(2);
  assert.equal(rows.lines, 20);
  assert.equal(rows.line(3)?.row.seq, 15);
});

test("a stream that is unfolded while it grows shows what comes", async () => {
  const log = { events: 12 };
  const { list: rows } = await list(log);
  rows.toggle(2);
  rows.want(0, 10);
  await settle();
  assert.equal(rows.lines, 5);
  log.events = 14;
  await rows.grow();
  rows.want(0, 10);
  await settle();
  await settle();
  assert.equal(rows.lines, 7);
  rows.want(0, 10);
  await settle();
  assert.equal(rows.line(6)?.row.seq, 13);
});

test("while a filter is on its way the old list stays, and the last one asked for wins", async () => {
  const { list: rows, replaced } = await list({ events: 100 });
  const one = rows.setFilter({ ...EVERYTHING, turn: 1 });
  const two = rows.setFilter({ ...EVERYTHING, folded: false });
  assert.equal(rows.total, 20);
  assert.equal(rows.wanted.folded, false);
  await Promise.all([one, two]);
  assert.equal(rows.total, 100);
  assert.equal(rows.filter.turn, null);
  assert.equal(replaced(), 2);
});

test("growth is counted once, however often it is told meanwhile", async () => {
  const log = { events: 100 };
  const { list: rows, asked } = await list(log);
  asked.length = 0;
  log.events = 200;
  await Promise.all([rows.grow(), rows.grow(), rows.grow()]);
  assert.equal(rows.total, 40);
  assert.ok(asked.filter((question) => question === "count").length <= 2);
});

test("a table at its end follows; one that was scrolled away says what came", () => {
  const following = new Following();
  following.begin(10);
  assert.ok(following.grow(12, true));
  following.touch();
  assert.ok(!following.grow(15, false));
  assert.ok(!following.grow(16, false));
  assert.equal(following.unseen, 4);
  following.reached();
  assert.equal(following.unseen, 0);
  assert.ok(following.grow(17, true));
});

test("a table follows a replay until the reader scrolls, and again when it is started again", () => {
  const following = new Following();
  assert.ok(following.replay(true, 5));
  assert.ok(!following.replay(true, 5));
  assert.ok(following.replay(true, 6));
  following.touch();
  assert.ok(!following.replay(true, 7));
  assert.ok(!following.replay(false, 8));
  assert.ok(following.replay(true, 9));
});

test("a table that nobody has touched goes to the end of a log that is live", () => {
  const following = new Following();
  following.begin(1000);
  assert.ok(following.grow(1001, false));
});
