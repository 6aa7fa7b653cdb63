// The replay of a recording: both sides from the kernel, to the ear, and the row that is reached.

import type { Kernel } from "./kernel.ts";
import type { Side } from "./messages.ts";
import { Passing } from "./passing.ts";
import { type Piece, Replay } from "./replay.ts";
import { WebAudioOutput } from "./replay_output.ts";
import type { RowList } from "./row_list.ts";

export interface PlayerEvents {
  /** It began, paused, waits, or stopped; a side was muted; the browser keeps it silent. */
  changed(): void;
  /** The cursor is elsewhere, and perhaps at another row. */
  moved(): void;
}

export class Player {
  readonly output = new WebAudioOutput();
  readonly passing: Passing;
  readonly #kernel: Pick<Kernel, "ask">;
  readonly #events: PlayerEvents;
  readonly #replay: Replay;

  constructor(kernel: Pick<Kernel, "ask">, list: RowList, events: PlayerEvents) {
    this.#kernel = kernel;
    this.#events = events;
    this.passing = new Passing(kernel, list);
    this.#replay = new Replay(this.output, {
      fetch: (start, seconds) => this.#fetch(start, seconds),
      changed: () => events.changed(),
      moved: () => this.#moved(),
    });
  }

  get state(): Replay["state"] {
    return this.#replay.state;
  }

  get isActive(): boolean {
    return this.#replay.isActive;
  }

  /** Where the cursor is, in seconds from the start of the log. */
  get cursor(): number {
    return this.#replay.position;
  }

  get waits(): number {
    return this.#replay.waits;
  }

  play(from: number, end: number): void {
    this.passing.forget();
    this.#replay.play(Math.max(0, Math.min(from, end)), end);
  }

  /** Pause, go on, or begin: at `start`, or at the cursor where that is not the beginning. */
  toggle(start: number, end: number): void {
    if (this.isActive) this.#replay.pause();
    else if (this.state === "paused") this.#replay.resume();
    else if (this.cursor >= end) this.play(0, end);
    else this.play(this.cursor || start, end);
  }

  /** Put the cursor there; it goes on playing if it did. */
  seek(to: number, end: number): void {
    if (this.isActive) this.play(to, end);
    else {
      this.#replay.stop();
      this.#replay.position = Math.max(0, Math.min(to, end));
      this.passing.forget();
      this.#moved();
    }
  }

  isMuted(side: Side): boolean {
    return this.#replay.muted[side];
  }

  setMuted(side: Side, muted: boolean): void {
    this.#replay.setMuted(side, muted);
  }

  close(): void {
    this.#replay.close();
  }

  #moved(): void {
    this.passing.advance(this.cursor);
    this.#events.moved();
  }

  async #fetch(start: number, seconds: number): Promise<Piece> {
    const { answer, buffers } = await this.#kernel.ask("audio", { start, seconds });
    if (this.output.blocked) this.#events.changed();
    const sides = answer.sides.map((side, i): [Side, Int16Array] => {
      const { buffer, byteOffset, byteLength } = buffers[i] as DataView<ArrayBuffer>;
      // Copied: what came over a socket may lie at an odd address.
      return [side, new Int16Array(buffer.slice(byteOffset, byteOffset + byteLength))];
    });
    return new Map(sides);
  }
}
