import assert from "node:assert/strict";
import { test } from "node:test";
import { LARGEST_HEIGHT, ScrollModel } from "../src/inspector/scroll_model.ts";

function model(rows: number, viewHeight = 400): ScrollModel {
  const made = new ScrollModel(24);
  made.resize(rows, viewHeight);
  return made;
}

test("a list that browsers can hold scrolls pixel by pixel", () => {
  const scroll = model(1000);
  assert.equal(scroll.spacerHeight, 24_000);
  scroll.scrolledTo(1234);
  assert.equal(scroll.top, 1234);
  assert.deepEqual(scroll.visible, { first: 51, last: 68 });
});

test("a million rows fit below the height that browsers cap, and every row can be reached", () => {
  const scroll = model(1_000_000);
  assert.equal(scroll.spacerHeight, LARGEST_HEIGHT);
  scroll.scrolledTo(LARGEST_HEIGHT - 400);
  assert.equal(scroll.visible.last, 999_999);
  assert.ok(scroll.isAtEnd);
  scroll.scrolledTo(0);
  assert.equal(scroll.visible.first, 0);
});

test("the scrollbar stands where the rows are, also after moving row by row", () => {
  const scroll = model(1_000_000);
  for (const row of [0, 1, 499_999, 777_777, 999_999]) {
    scroll.reveal(row);
    const { top } = scroll;
    const { first, last } = scroll.visible;
    assert.ok(first <= row && row <= last, `${row} is in ${first} to ${last}`);
    scroll.scrolledTo(scroll.scrollTop);
    assert.ok(Math.abs(scroll.top - top) < 0.01);
  }
});

test("half way down is the middle of the list", () => {
  const scroll = model(1_000_000);
  scroll.scrolledTo((LARGEST_HEIGHT - 400) / 2);
  assert.ok(Math.abs(scroll.visible.first - 499_991) <= 1);
});

test("the end of the scrollbar is the end of the list, whatever the browser rounds", () => {
  const scroll = model(1_000_000);
  scroll.scrolledTo(LARGEST_HEIGHT - 400 - 0.8);
  assert.equal(scroll.top, scroll.largestTop);
});

test("revealing a row that is in view moves nothing; a near one comes to the edge", () => {
  const scroll = model(1000);
  scroll.scrollTo(2400);
  scroll.reveal(105);
  assert.equal(scroll.top, 2400);
  scroll.reveal(99);
  assert.equal(scroll.top, 99 * 24);
  scroll.reveal(120);
  assert.equal(scroll.top, 121 * 24 - 400);
  scroll.reveal(900);
  assert.equal(scroll.visible.first + scroll.page / 2, 900);
});

test("a list that grows stays where it is; one that shrinks shows its end", () => {
  const scroll = model(1000);
  scroll.scrollTo(5000);
  scroll.resize(2000, 400);
  assert.equal(scroll.top, 5000);
  scroll.resize(100, 400);
  assert.equal(scroll.top, 2000);
  scroll.resize(0, 400);
  assert.deepEqual(scroll.visible, { first: 0, last: -1 });
});
