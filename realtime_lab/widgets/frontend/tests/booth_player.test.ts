import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Places } from "../src/booth/places.ts";
import { TakesPlayer, type Track } from "../src/booth/takes_player.ts";

// One word from 1 to 3 s, and the same word from 2 to 6 s.
const quick: Track = { id: 1, places: new Places([1, 3], 4) };
const slow: Track = { id: 2, places: new Places([2, 6], 8) };

type Started = { sound: string; from: number; until: number; gain: number };

interface Later {
  promise: Promise<string>;
  resolve(sound: string): void;
  reject(error: Error): void;
}

/** Plays without sound, on a clock that a test moves. */
function made(context: TestContext) {
  context.mock.timers.enable({ apis: ["setInterval"] });
  const started: Started[] = [];
  const gains: number[] = [];
  const output = { ahead: 0 };
  const coming = new Map<number, Later>();
  let now = 0;
  let zero: number | null = null;
  const player = new TakesPlayer<string>(
    Object.assign(output, {
      go: () => {},
      start: (sound: string, from: number, until: number, gain: number) => {
        started.push({ sound, from, until, gain });
        zero = now - from;
      },
      stop: () => {
        zero = null;
      },
      heard: () => (zero === null ? null : now - zero),
      setGain: (gain: number) => gains.push(gain),
      close: () => {},
    }),
    {
      sound: (id) => coming.get(id)?.promise ?? `take ${id}`,
      gain: (id) => id / 10,
      changed: () => {},
      moved: () => {},
    },
  );
  return {
    player,
    output,
    started,
    gains,
    pass: (seconds: number) => {
      now += seconds;
      context.mock.timers.tick(30);
    },
    /** Let a take come later. */
    delay: (id: number) => {
      const later = {} as Later;
      later.promise = new Promise((resolve, reject) => Object.assign(later, { resolve, reject }));
      coming.set(id, later);
      return later;
    },
  };
}

test("another take goes on at the same place of the text, at its own gain", (context) => {
  const { player, started, pass } = made(context);
  player.choose(quick);
  player.play();
  pass(2);
  player.choose(slow);
  assert.deepEqual(started[1], { sound: "take 2", from: 4, until: 8, gain: 0.2 });
  assert.equal(player.place, 1.5);
  pass(1);
  assert.equal(player.position, 5);
});

test("what the loudspeaker still holds of one take is not said again by the other", (context) => {
  const { player, output, started, pass } = made(context);
  output.ahead = 0.1;
  player.choose(quick);
  player.play();
  pass(2);
  player.choose(slow);
  assert.ok(Math.abs((started[1]?.from ?? 0) - 4.2) < 1e-9);
  pass(-0.1);
  assert.equal(player.position, started[1]?.from, "the cursor does not go back");
});

test("in silence the place is kept, too", (context) => {
  const { player, started } = made(context);
  player.choose(quick);
  player.seek(quick.places.at(2));
  player.choose(slow);
  assert.equal(player.position, 4);
  player.play();
  assert.equal(started[0]?.from, 4);
});

test("until the other take is here, what sounds goes on", async (context) => {
  const { player, started, pass, delay } = made(context);
  const later = delay(2);
  player.choose(quick);
  player.play();
  pass(1);
  player.choose(slow);
  assert.equal(player.track, slow);
  assert.equal(started.length, 1);
  pass(1);
  later.resolve("take 2");
  await later.promise;
  assert.equal(started[1]?.from, 4);
});

test("who changes their mind hears only the last choice", async (context) => {
  const { player, started, delay } = made(context);
  const later = delay(2);
  player.choose(quick);
  player.play();
  player.choose(slow);
  player.choose(quick);
  later.resolve("take 2");
  await later.promise;
  assert.deepEqual(
    started.map(({ sound }) => sound),
    ["take 1", "take 1"],
  );
});

test("a take that does not come stops it, where it was", async (context) => {
  const { player, pass, delay } = made(context);
  const later = delay(1);
  player.choose(quick);
  player.play();
  assert.equal(player.state, "waiting");
  later.reject(new Error("gone"));
  await later.promise.catch(() => {});
  pass(0);
  assert.equal(player.state, "stopped");
});

test("it stops at the end, and begins again from the start", (context) => {
  const { player, started, pass } = made(context);
  player.choose(quick);
  player.play();
  pass(4.1);
  assert.equal(player.state, "stopped");
  assert.equal(player.position, 4);
  player.toggle();
  assert.equal(started[1]?.from, 0);
});

test("a pause keeps the position", (context) => {
  const { player, started, pass } = made(context);
  player.choose(quick);
  player.play();
  pass(1.5);
  player.toggle();
  pass(3);
  assert.equal(player.position, 1.5);
  player.toggle();
  assert.equal(started[1]?.from, 1.5);
});

test("a passage is repeated, in whatever take is played", (context) => {
  const { player, started, pass } = made(context);
  player.choose(quick);
  player.repeat({ from: 1, to: 2 });
  player.play();
  assert.deepEqual([started[0]?.from, started[0]?.until], [1, 3]);
  pass(2.1);
  assert.equal(player.state, "playing");
  assert.equal(started.length, 1);
  pass(0.4);
  assert.equal(started[1]?.from, 1);
  player.choose(slow);
  assert.deepEqual([started[2]?.from, started[2]?.until], [2, 6]);
});

test("going elsewhere leaves the passage", (context) => {
  const { player, started } = made(context);
  player.choose(quick);
  player.repeat({ from: 1, to: 2 });
  player.play();
  player.seek(quick.places.at(3.5));
  assert.equal(player.passage, null);
  assert.deepEqual([started[1]?.from, started[1]?.until], [3.5, 4]);
});

test("the gain changes while it plays", (context) => {
  const { player, gains } = made(context);
  player.choose(slow);
  player.play();
  player.regain();
  assert.deepEqual(gains, [0.2]);
});

test("without a take there is nothing to play", (context) => {
  const { player, started } = made(context);
  player.toggle();
  player.seek(1);
  assert.equal(player.isActive, false);
  player.choose(quick);
  player.play();
  player.choose(null);
  assert.equal(player.isActive, false);
  assert.equal(started.length, 1);
});
