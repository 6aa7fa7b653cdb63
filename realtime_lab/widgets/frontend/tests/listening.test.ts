import assert from "node:assert/strict";
import { test } from "node:test";
import { type KeyboardEventLike, keysFor, pressed } from "../src/listening/keys.ts";
import { Sitting } from "../src/listening/sitting.ts";
import { StimulusPlayer } from "../src/listening/stimulus_player.ts";

const CLIP = { samples: 24_000, rate: 24_000 };
const SCALE = { compares: true, lowest: -1, highest: 1, step: 1, labels: [] };
const RATING = { compares: false, lowest: 0, highest: 100, step: 1, labels: [] };

/** Sound whose clock the test turns. */
class Output {
  readonly ahead = 0;
  started: [sound: string, from: number][] = [];
  time: number | null = null;
  go(): void {}
  start(sound: string, from: number): void {
    this.started.push([sound, from]);
    this.time = from;
  }
  stop(): void {
    this.time = null;
  }
  heard(): number | null {
    return this.time;
  }
  setGain(): void {}
  close(): void {}
}

function player() {
  const output = new Output();
  const made = new StimulusPlayer<string>(output, async (trial, index) => `${trial}/${index}`);
  return { output, player: made };
}

/** Let what waits for sounds and answers go on. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

async function heard(listening: ReturnType<typeof player>, index: number): Promise<void> {
  listening.player.play(index);
  await settled();
  listening.output.time = 1;
  listening.player.tick();
}

interface Asked {
  question: string;
  asks: { trial?: number; given?: number[]; comment?: string; plays?: number[]; seconds?: number };
}

async function sitting(scale: object, clips = 2, trials = 2) {
  const listening = player();
  const asked: Asked[] = [];
  const answered = new Map<number, number[]>();
  let refuse = false;
  let gone = false;
  const link = {
    ask: async (question: string, asks: Asked["asks"]) => {
      asked.push({ question, asks });
      if (refuse && question === "give") throw new Error("the disk is full");
      if (gone) throw new Error("Cannot send");
      if (question === "give") answered.set(asks.trial as number, asks.plays as number[]);
      const next = (asks.trial ?? -1) + 1;
      const answers = {
        open: { question: "Which?", scale, trials, next: 0 },
        trial: {
          practice: false,
          text: "Hello.",
          target: null,
          clips: Array(clips).fill(CLIP),
          given: answered.has(asks.trial ?? -1) ? [1] : null,
          plays: answered.get(asks.trial ?? -1) ?? null,
          comment: "",
        },
        give: { next: next < trials ? next : null },
      };
      return { answer: answers[question as keyof typeof answers], buffers: [] };
    },
  };
  let now = 1000;
  const made = new Sitting(link as never, listening.player as never, () => now);
  const told: string[] = [];
  const view = { showTrial() {}, showState() {}, announce: (what: string) => told.push(what) };
  await made.attach(view);
  await settled();
  const wait = (ms: number) => {
    now += ms;
  };
  const failing = (on: boolean) => {
    refuse = on;
  };
  const leave = () => {
    gone = true;
  };
  return { sitting: made, listening, asked, told, wait, failing, leave };
}

const press = (key: string, shiftKey = false, repeat = false): KeyboardEventLike => ({
  key,
  shiftKey,
  repeat,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
});

test("a stimulus is played from its start, again and again, and each start is counted", async () => {
  const listening = player();
  listening.player.load(3, [CLIP, CLIP], null);
  await heard(listening, 1);
  await heard(listening, 1);
  assert.deepEqual(listening.output.started, [
    ["3/1", 0],
    ["3/1", 0],
  ]);
  assert.deepEqual(listening.player.plays, [0, 2]);
  assert.deepEqual(listening.player.unheard, [0]);
});

test("what was left before its end is not heard, and after a pause it goes on where it was", async () => {
  const { player: playing, output } = player();
  playing.load(0, [CLIP], null);
  playing.play(0);
  await settled();
  output.time = 0.4;
  playing.toggle();
  assert.equal(playing.isPlaying, false);
  assert.deepEqual(playing.unheard, [0]);
  playing.toggle();
  await settled();
  assert.deepEqual(output.started.at(-1), ["0/0", 0.4]);
  output.time = 1;
  playing.tick();
  assert.deepEqual(playing.unheard, []);
  assert.deepEqual(playing.plays, [1]);
});

/** A player whose sounds come when the test lets them. */
function slowPlayer() {
  const output = new Output();
  const asked: number[] = [];
  const come: (() => void)[] = [];
  const made = new StimulusPlayer<string>(output, (trial, index) => {
    asked.push(index);
    return new Promise((resolve) => {
      come[index] = () => resolve(`${trial}/${index}`);
    });
  });
  made.load(0, [CLIP, CLIP, CLIP], null);
  return { output, player: made, asked, come };
}

test("while a stimulus is fetched nothing else sounds, nor counts as heard in its place", async () => {
  const { player: playing, output, come } = slowPlayer();
  come[0]?.();
  playing.play(0);
  await settled();
  output.time = 0.99;
  playing.play(2);
  assert.deepEqual([output.time, playing.isPlaying, playing.awaited], [null, false, 2]);
  output.time = 1;
  playing.tick();
  assert.deepEqual(playing.unheard, [0, 1, 2]);
  come[2]?.();
  await settled();
  assert.deepEqual([playing.isPlaying, playing.awaited], [true, null]);
  playing.stop();
});

test("asking again for what is still fetched is one play", async () => {
  const { player: playing, output, come } = slowPlayer();
  for (let times = 0; times < 5; times++) playing.play(2);
  await settled();
  assert.deepEqual(playing.plays, [0, 0, 0]);
  come[2]?.();
  await settled();
  assert.deepEqual(playing.plays, [0, 0, 1]);
  assert.equal(output.started.length, 1);
  playing.stop();
});

test("stimuli are fetched one by one, and the one that is asked for at once", async () => {
  const { player: playing, asked, come } = slowPlayer();
  await settled();
  assert.deepEqual(asked, [0]);
  playing.play(2);
  assert.deepEqual(asked, [0, 2]);
  come[0]?.();
  await settled();
  assert.deepEqual(asked, [0, 2, 1]);
});

test("an answer is taken when all is heard and answered, and not before", async () => {
  const { sitting: page, listening, asked, told } = await sitting(SCALE);
  await page.submit();
  assert.equal(page.missing, "Listen to A and B to the end.");
  await heard(listening, 0);
  await heard(listening, 1);
  await page.submit();
  assert.equal(page.missing, "Choose an answer.");
  assert.equal(told.at(-1), "Choose an answer.");
  assert.equal(asked.filter(({ question }) => question === "give").length, 0);
  page.give(0, 1);
  await page.submit();
  assert.equal(asked.filter(({ question }) => question === "give").length, 1);
  assert.equal(page.number, 1);
});

test("it is told how long the answer took, how often each was played, and the comment", async () => {
  const { sitting: page, listening, asked, wait } = await sitting(SCALE);
  await heard(listening, 0);
  await heard(listening, 0);
  await heard(listening, 1);
  page.give(0, -1);
  page.comment = "warmer";
  wait(2500);
  await page.submit();
  const given = asked.find(({ question }) => question === "give")?.asks;
  assert.deepEqual(given, {
    trial: 0,
    given: [-1],
    comment: "warmer",
    seconds: 2.5,
    plays: [2, 1],
  });
});

test("an answer that could not be kept stands, and is sent again", async () => {
  const { sitting: page, listening, failing } = await sitting(SCALE);
  await heard(listening, 0);
  await heard(listening, 1);
  page.give(0, 1);
  failing(true);
  await page.submit();
  assert.deepEqual([page.number, page.given, page.saving], [0, [1], false]);
  failing(false);
  await page.submit();
  assert.equal(page.number, 1);
});

test("after the last trial there is nothing more to answer, but the way back", async () => {
  const { sitting: page, listening } = await sitting(SCALE, 2, 1);
  await heard(listening, 0);
  await heard(listening, 1);
  page.give(0, 0);
  await page.submit();
  assert.deepEqual([page.number, page.trial], [null, null]);
  await page.back();
  assert.equal(page.number, 0);
});

test("an answer that is changed later has the plays of both visits", async () => {
  const { sitting: page, listening, asked } = await sitting(SCALE);
  await heard(listening, 0);
  await heard(listening, 1);
  page.give(0, 1);
  await page.submit();
  await page.back();
  assert.deepEqual([page.number, page.given, page.missing], [0, [1], ""]);
  await heard(listening, 1);
  page.give(0, -1);
  await page.submit();
  const given = asked.filter(({ question }) => question === "give");
  assert.deepEqual(
    given.map(({ asks }) => asks.plays),
    [
      [1, 1],
      [1, 2],
    ],
  );
});

test("without a kernel the trial that is shown stays", async () => {
  const { sitting: page, listening, leave } = await sitting(SCALE);
  await heard(listening, 0);
  await heard(listening, 1);
  page.give(0, 1);
  await page.submit();
  leave();
  await page.back();
  assert.equal(page.number, 1);
});

test("a key that is held down acts once, but for the arrows", async () => {
  const { sitting: page, listening } = await sitting(RATING, 3);
  for (const repeat of [false, true, true]) pressed(page, press("c", false, repeat));
  await settled();
  assert.deepEqual(listening.player.plays, [0, 0, 1]);
  for (const repeat of [false, true, true]) pressed(page, press("ArrowRight", false, repeat));
  assert.deepEqual(page.given, [null, null, 53]);
  listening.player.stop();
});

test("the keys that are announced are those of the stimuli there are", () => {
  assert.equal(keysFor(2), "A B Space ArrowLeft ArrowRight Enter Backspace");
  assert.match(keysFor(12), /^A .* L Space/);
  assert.match(keysFor(40), / Z Space/);
});

test("a pair is judged by keys alone", async () => {
  const { sitting: page, listening } = await sitting(SCALE);
  for (const key of ["a", "B"]) {
    assert.equal(pressed(page, press(key)), true);
    await settled();
    listening.output.time = 1;
    listening.player.tick();
  }
  pressed(page, press("ArrowRight"));
  assert.deepEqual(page.given, [1]);
  pressed(page, press("ArrowRight"));
  assert.deepEqual(page.given, [1]);
  pressed(page, press("Enter"));
  await settled();
  assert.equal(page.number, 1);
  assert.equal(pressed(page, press("c")), false);
});

test("arrows rate the stimulus that was played last", async () => {
  const { sitting: page, listening } = await sitting(RATING, 3);
  await heard(listening, 1);
  pressed(page, press("ArrowRight", true));
  pressed(page, press("ArrowLeft"));
  assert.deepEqual(page.given, [null, 59, null]);
  await heard(listening, 0);
  await heard(listening, 2);
  assert.equal(page.missing, "Rate A and C.");
});
