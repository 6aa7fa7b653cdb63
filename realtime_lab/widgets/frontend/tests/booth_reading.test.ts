import assert from "node:assert/strict";
import { test } from "node:test";
import { needsKey } from "../src/booth/keys.ts";
import type { TakeFacts } from "../src/booth/messages.ts";
import { Places } from "../src/booth/places.ts";
import { Reading } from "../src/booth/reading.ts";
import { neighbour, sentenceOf, tokenAt, tokensOf } from "../src/booth/spoken_text.ts";
import type { Passage, Track } from "../src/booth/takes_player.ts";

const ASKED = ["Hello", "there.", "How", "are", "you?"];

function take(pace: number, said = ASKED): TakeFacts {
  const times = ASKED.flatMap((_, i) => [i * pace, (i + 1) * pace]);
  return {
    source: "m",
    voice: "ash",
    repeat: 0,
    text: 0,
    seconds: ASKED.length * pace,
    rate: 24_000,
    samples: 1,
    said: said.map((text, i) => {
      const match = ASKED.indexOf(text);
      return [text, i * pace, (i + 1) * pace, match < 0 ? null : match];
    }),
    times,
  };
}

/** A player that plays nothing. */
function reading(pace = 1) {
  const player = {
    track: { id: 0, places: new Places(take(pace).times, 5 * pace) } as Track | null,
    place: 0,
    get position() {
      return this.track?.places.time(this.place) ?? 0;
    },
    passage: null as Passage | null,
    seek(place: number) {
      this.place = place;
    },
    repeat(passage: Passage | null) {
      this.passage = passage;
    },
  };
  const read = new Reading(player);
  read.read(take(pace), ASKED);
  return { read, player };
}

test("words that were left out, added or changed are told apart", () => {
  const tokens = tokensOf(take(1, ["Hello", "my", "friend", "are", "you?"]), ASKED);
  assert.deepEqual(
    tokens.map(({ text, kind }) => [text, kind]),
    [
      ["Hello", "said"],
      ["there.", "missing"],
      ["How", "missing"],
      ["my", "added"],
      ["friend", "added"],
      ["are", "said"],
      ["you?", "said"],
    ],
  );
  const [other] = tokensOf({ ...take(1), said: [["Hi", 0, 1, 0]] }, ["Hello"]);
  assert.deepEqual([other?.kind, other?.asked], ["other", "Hello"]);
  const [same] = tokensOf({ ...take(1), said: [["hello", 0, 1, 0]] }, ["Hello,"]);
  assert.equal(same?.kind, "said");
});

test("the word at a time is the last one that has begun; none that was not said", () => {
  const tokens = tokensOf(take(1, ["Hello", "are", "you?"]), ASKED);
  assert.equal(tokens[tokenAt(tokens, 0.5)]?.text, "Hello");
  assert.equal(tokens[tokenAt(tokens, 1)]?.text, "are");
  assert.equal(tokenAt(tokens, -1), -1);
  assert.equal(tokens[neighbour(tokens, 0, 1)]?.text, "are");
  assert.equal(neighbour(tokens, 0, -1), 0);
});

test("a sentence is found around a word", () => {
  const tokens = tokensOf(take(1), ASKED);
  assert.deepEqual(sentenceOf(tokens, 1), [0, 1]);
  assert.deepEqual(sentenceOf(tokens, 3), [2, 4]);
});

test("one goes by words, and stays within the text", () => {
  const { read, player } = reading();
  assert.equal(read.step(1), "there.");
  assert.equal(player.position, 1);
  assert.equal(read.step(-1), "Hello");
  assert.equal(read.step(-1), "Hello");
});

test("words are selected one by one, in either direction", () => {
  const { read } = reading();
  read.seekToken(2);
  read.extend(1);
  assert.deepEqual(read.selected, [2, 2]);
  read.extend(1);
  assert.deepEqual(read.selected, [2, 3]);
  read.extend(-1);
  assert.deepEqual(read.selected, [1, 3]);
});

test("what is selected is the same words in a take of another pace", () => {
  const { read, player } = reading();
  read.select([3, 1]);
  player.track = { id: 1, places: new Places(take(2).times, 10) };
  read.read(take(2), ASKED);
  assert.deepEqual(read.selected, [1, 3]);
});

test("without a selection the sentence is repeated, with one the selection", () => {
  const { read, player } = reading();
  read.seekToken(3);
  read.toggleRepeat();
  assert.deepEqual(read.selected, [2, 4]);
  assert.equal(player.track?.places.time(player.passage?.from ?? 0), 2);
  read.toggleRepeat();
  assert.equal(player.passage, null);
  read.select([0, 0]);
  read.toggleRepeat();
  assert.deepEqual(read.selected, [0, 0]);
  read.select([0, 1]);
  const { to } = player.passage as unknown as Passage;
  assert.equal(player.track?.places.time(to), 2);
  read.select(null);
  assert.equal(player.passage, null);
});

test("what has the focus keeps the keys that it needs", () => {
  const inside = (selector: string) =>
    ({ closest: (wanted: string) => wanted.split(", ").includes(selector) || null }) as never;
  assert.ok(needsKey(inside("select"), "ArrowDown"));
  assert.ok(needsKey(inside("button"), " "));
  assert.equal(needsKey(inside("button"), "2"), false);
});
