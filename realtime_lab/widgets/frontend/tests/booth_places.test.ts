import assert from "node:assert/strict";
import { test } from "node:test";
import { Places } from "../src/booth/places.ts";

// Two words, from 0.5 to 1 s and from 1.5 to 2.5 s, in takes of different pace.
const quick = new Places([0.5, 1, 1.5, 2.5], 3);
const slow = new Places([1, 3, 3, 6], 8);

test("borders of words are whole places, in every take", () => {
  assert.deepEqual(
    [0, 0.5, 1, 1.5, 2.5, 3].map((time) => quick.at(time)),
    [0, 1, 2, 3, 4, 5],
  );
  assert.deepEqual(
    [1, 2, 3, 4].map((place) => slow.time(place)),
    [1, 3, 3, 6],
  );
});

test("the same place is found in a take of another pace", () => {
  const middleOfTheSecondWord = quick.at(2);
  assert.equal(slow.time(middleOfTheSecondWord), 4.5);
  assert.equal(quick.time(slow.at(2)), 0.75);
});

test("where words meet without a pause, the later one has begun", () => {
  assert.equal(slow.at(3), 3);
});

test("every time has a place, and that place the time", () => {
  for (const places of [quick, slow])
    for (let time = 0; time <= places.seconds; time += 0.05)
      assert.ok(Math.abs(places.time(places.at(time)) - time) < 1e-9);
});

test("times outside of the take are its ends", () => {
  assert.equal(quick.at(-1), 0);
  assert.equal(quick.at(99), quick.end);
  assert.equal(quick.time(99), 3);
  assert.equal(quick.time(-1), 0);
});

test("estimates out of order do not turn time around", () => {
  const places = new Places([0.4, 0.9, 0.7, 5], 2);
  assert.deepEqual(
    [1, 2, 3, 4, 5].map((place) => places.time(place)),
    [0.4, 0.9, 0.9, 2, 2],
  );
});

test("a text without words still has a beginning and an end", () => {
  const places = new Places([], 4);
  assert.equal(places.time(places.at(1)), 1);
});
