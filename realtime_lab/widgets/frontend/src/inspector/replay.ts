// Plays both sides of a recording at true speed. Pieces are fetched from the kernel ahead of time
// and scheduled on one audio clock, to the sample, so that the sides stay together and pieces meet
// without a seam; the cursor is that clock. (The console's player cannot do this: it plays one
// stream of unknown length as it arrives.)

import type { Side } from "./messages.ts";

/** The first piece is short, so that it begins at once. */
const FIRST_SECONDS = 1;
const PIECE_SECONDS = 4;
/** How much is fetched before it is needed: a kernel may be busy for a while. */
const AHEAD_SECONDS = 12;
const TICK_MS = 50;

/** PCM16 of each side that is not silent all the time. */
export type Piece = Map<Side, Int16Array>;

/** Where sound goes. Times are in seconds from the start of the log. */
export interface ReplayOutput {
  /** Let the clock run; from a click, so that the browser allows it. */
  go(): void;
  /** The clock stands still, and with it all that is scheduled. */
  halt(): void;
  /** Forget what is scheduled. */
  silence(): void;
  /** The first piece after silence sounds at once; `start` is its time. The others follow it. */
  schedule(piece: Piece, start: number): void;
  /** The time that is heard now; null in silence. */
  heard(): number | null;
  setMuted(side: Side, muted: boolean): void;
  close(): void;
}

export interface ReplayEvents {
  fetch(start: number, seconds: number): Promise<Piece>;
  /** It began, paused, waits for audio, or stopped. */
  changed(): void;
  /** The cursor is elsewhere. */
  moved(): void;
}

export type ReplayState = "stopped" | "waiting" | "playing" | "paused";

export class Replay {
  state: ReplayState = "stopped";
  position = 0;
  /** How often it had to wait for audio in the middle. */
  waits = 0;
  readonly muted: { [side in Side]: boolean } = { user: false, model: false };
  readonly #output: ReplayOutput;
  readonly #events: ReplayEvents;
  #end = 0;
  /** Up to where audio is scheduled. */
  #ready = 0;
  #fetching = false;
  #run = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(output: ReplayOutput, events: ReplayEvents) {
    this.#output = output;
    this.#events = events;
  }

  get isActive(): boolean {
    return this.state === "playing" || this.state === "waiting";
  }

  /** Play from a time to the end of the log. */
  play(from: number, end: number): void {
    this.#begin(from, end);
    this.#output.go();
    this.#change("waiting");
    this.#timer ??= setInterval(() => this.tick(), TICK_MS);
    void this.#fetch();
  }

  pause(): void {
    if (!this.isActive) return;
    this.#output.halt();
    this.#change("paused");
  }

  resume(): void {
    if (this.state !== "paused") return;
    this.#output.go();
    this.#change("waiting");
    this.tick();
  }

  stop(): void {
    if (this.state === "stopped") return;
    this.#begin(this.position, this.#end);
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#output.halt();
    this.#change("stopped");
  }

  setMuted(side: Side, muted: boolean): void {
    this.muted[side] = muted;
    this.#output.setMuted(side, muted);
    this.#events.changed();
  }

  close(): void {
    this.stop();
    this.#output.close();
  }

  /** Move on to what is heard now, and see to what comes next. */
  tick(): void {
    if (this.state === "paused" || this.state === "stopped") return;
    this.#move();
    const hasAudio = this.#ready > this.position;
    if (this.position >= this.#end) this.stop();
    else if (this.state === "waiting" && hasAudio) this.#change("playing");
    else if (this.state === "playing" && !hasAudio) {
      this.waits++;
      this.#output.silence();
      this.#change("waiting");
    }
    if (this.isActive) void this.#fetch();
  }

  #move(): void {
    const heard = this.#output.heard();
    if (heard === null) return;
    const position = Math.min(Math.max(this.position, heard), this.#ready);
    if (position === this.position) return;
    this.position = position;
    this.#events.moved();
  }

  #begin(from: number, end: number): void {
    this.#run++;
    this.#output.silence();
    this.#fetching = false;
    this.#end = end;
    this.position = from;
    this.#ready = from;
  }

  #change(state: ReplayState): void {
    this.state = state;
    this.#events.changed();
  }

  async #fetch(): Promise<void> {
    const run = this.#run;
    const start = this.#ready;
    const longest = start === this.position ? FIRST_SECONDS : PIECE_SECONDS;
    const seconds = Math.min(longest, this.#end - start);
    if (this.#fetching || seconds <= 0 || start - this.position >= AHEAD_SECONDS) return;
    this.#fetching = true;
    const piece = await this.#events.fetch(start, seconds).catch(() => null);
    if (run !== this.#run) return;
    this.#fetching = false;
    if (piece) {
      this.#output.schedule(piece, start);
      this.#ready = start + seconds;
      this.tick();
    } else this.stop();
  }
}
