import assert from "node:assert/strict";
import { test } from "node:test";
import type { Side } from "../src/inspector/messages.ts";
import { type Piece, Replay, type ReplayOutput } from "../src/inspector/replay.ts";

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** An output whose clock the test moves; it notes what was scheduled. */
class FakeOutput implements ReplayOutput {
  readonly scheduled: number[] = [];
  clock: number | null = null;
  running = false;
  readonly mutes: [Side, boolean][] = [];

  go(): void {
    this.running = true;
  }
  halt(): void {
    this.running = false;
  }
  silence(): void {
    this.clock = null;
  }
  schedule(_: Piece, start: number): void {
    this.scheduled.push(start);
    this.clock ??= start;
  }
  heard(): number | null {
    return this.clock;
  }
  setMuted(side: Side, muted: boolean): void {
    this.mutes.push([side, muted]);
  }
  close(): void {}
}

function replay(context: { after(close: () => void): void }) {
  const output = new FakeOutput();
  const asked: { start: number; seconds: number; answer(): Promise<unknown>; fail(): void }[] = [];
  const made = new Replay(output, {
    fetch: (start, seconds) =>
      new Promise((resolve, reject) => {
        const answer = () => {
          resolve(new Map([["user", new Int16Array(10)]]));
          return settle();
        };
        asked.push({ start, seconds, answer, fail: () => reject(new Error("gone")) });
      }),
    changed: () => {},
    moved: () => {},
  });
  context.after(() => made.close());
  const answer = () => (asked.shift() as (typeof asked)[number]).answer();
  /** The clock runs, as far as audio is there. */
  const hear = (seconds: number) => {
    output.clock = seconds;
    made.tick();
  };
  return { replay: made, output, asked, answer, hear };
}

test("it plays from where it is told, and fetches ahead without a gap", async (context) => {
  const { replay: player, output, asked, answer, hear } = replay(context);
  player.play(7, 60);
  assert.equal(player.state, "waiting");
  await answer();
  assert.equal(player.state, "playing");
  await answer();
  await answer();
  await answer();
  assert.deepEqual(output.scheduled, [7, 8, 12, 16]);
  assert.equal(asked.length, 0, "enough is there");
  hear(9);
  assert.equal(player.position, 9);
  assert.equal(asked[0]?.start, 20);
});

test("it waits when audio is late, and goes on where it stopped", async (context) => {
  const { replay: player, output, answer, hear } = replay(context);
  player.play(0, 60);
  await answer();
  hear(1.2);
  assert.equal(player.state, "waiting");
  assert.equal(player.position, 1);
  assert.equal(player.waits, 1);
  await answer();
  assert.equal(player.state, "playing");
  assert.equal(output.clock, 1);
});

test("it ends at the end of the log", async (context) => {
  const { replay: player, asked, answer, hear } = replay(context);
  player.play(2, 2.5);
  assert.equal(asked[0]?.seconds, 0.5);
  await answer();
  hear(2.6);
  assert.equal(player.state, "stopped");
  assert.equal(player.position, 2.5);
});

test("pause keeps the place, and what arrives meanwhile does not start it", async (context) => {
  const { replay: player, output, answer, hear } = replay(context);
  player.play(0, 60);
  await answer();
  hear(0.5);
  player.pause();
  assert.ok(!output.running);
  await answer();
  assert.equal(player.state, "paused");
  player.resume();
  assert.ok(output.running);
  assert.equal(player.state, "playing");
  assert.equal(player.position, 0.5);
});

test("audio that was asked for before a jump is not played after it", async (context) => {
  const { replay: player, output, asked } = replay(context);
  player.play(0, 60);
  player.play(30, 60);
  await asked[0]?.answer();
  assert.deepEqual(output.scheduled, []);
  await asked[1]?.answer();
  assert.deepEqual(output.scheduled, [30]);
});

test("a kernel that is gone ends it", async (context) => {
  const { replay: player, asked } = replay(context);
  player.play(0, 60);
  asked[0]?.fail();
  await settle();
  assert.equal(player.state, "stopped");
});

test("each side can be muted at any time", (context) => {
  const { replay: player, output } = replay(context);
  player.setMuted("model", true);
  player.setMuted("model", false);
  assert.deepEqual(output.mutes, [
    ["model", true],
    ["model", false],
  ]);
});
