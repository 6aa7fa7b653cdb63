// Plays the stimuli of a trial from their start, one at a time, and counts what was heard.

import type { TakesOutput } from "../booth/takes_player.ts";

const TICK_MS = 40;
/** The end is heard within this, as the sound card has it. */
const END_SECONDS = 0.06;

export interface ClipFacts {
  samples: number;
  rate: number;
}

export type SoundSource<Sound> = (trial: number, index: number, clip: ClipFacts) => Promise<Sound>;

export class StimulusPlayer<Sound = unknown> {
  /** How often each was started. */
  plays: number[] = [];
  /** Which one is chosen, playing or paused; null before anything was. */
  current: number | null = null;
  isPlaying = false;
  onchange: () => void = () => {};

  readonly #output: TakesOutput<Sound>;
  readonly #source: SoundSource<Sound>;
  #trial: number | null = null;
  #clips: ClipFacts[] = [];
  #heard: boolean[] = [];
  #sounds = new Map<number, Promise<Sound>>();
  #position = 0;
  #run = 0;
  #isAwaited = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(output: TakesOutput<Sound>, source: SoundSource<Sound>) {
    this.#output = output;
    this.#source = source;
  }

  /**
   * Take the stimuli of another trial, and fetch them. `before`: how often each was played in an
   * earlier visit, in which all were heard; null where this is the first.
   */
  load(trial: number | null, clips: ClipFacts[], before: number[] | null): void {
    this.stop();
    this.#trial = trial;
    this.#clips = clips;
    this.plays = clips.map((_, index) => before?.[index] ?? 0);
    this.#heard = clips.map(() => before !== null);
    this.#sounds = new Map();
    this.current = null;
    void this.#fetchAll(this.#sounds);
  }

  /** Those not yet heard to the end. */
  get unheard(): number[] {
    return this.#heard.flatMap((heard, i) => (heard ? [] : [i]));
  }

  /** How far the current one is, 0 to 1. */
  get share(): number {
    const clip = this.current === null ? undefined : this.#clips[this.current];
    return clip ? Math.min(1, this.#at() / duration(clip)) : 0;
  }

  /** The one that plays as soon as it is fetched; null if none is waited for. */
  get awaited(): number | null {
    return this.#isAwaited ? this.current : null;
  }

  /** Play one from its start. */
  play(index: number): void {
    this.#output.go();
    // What still sounds is not the one that is chosen now, which may have to be fetched first.
    this.stop();
    this.current = index;
    this.#position = 0;
    void this.#begin(index);
  }

  /** Pause, or go on. */
  toggle(): void {
    if (this.current === null) this.play(0);
    else if (this.#isAwaited) this.stop();
    else if (this.isPlaying) {
      this.#position = this.#at();
      this.stop();
    } else if (this.#position >= duration(this.#clips[this.current] as ClipFacts)) {
      this.play(this.current);
    } else {
      this.#output.go();
      void this.#begin(this.current);
    }
  }

  stop(): void {
    this.#run++;
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (this.isPlaying) this.#output.stop();
    this.isPlaying = false;
    this.#isAwaited = false;
    this.onchange();
  }

  close(): void {
    this.stop();
    this.#output.close();
  }

  /** See whether the end was reached. */
  tick(): void {
    const { current } = this;
    if (!this.isPlaying || current === null) return;
    const seconds = duration(this.#clips[current] as ClipFacts);
    if ((this.#output.heard() ?? 0) >= seconds - END_SECONDS) this.#heard[current] = true;
    if ((this.#output.heard() ?? 0) < seconds) return;
    this.#position = seconds;
    this.stop();
  }

  async #begin(index: number): Promise<void> {
    const run = ++this.#run;
    this.#isAwaited = true;
    this.onchange();
    try {
      const sound = await this.#sound(index);
      if (run !== this.#run) return;
      const seconds = duration(this.#clips[index] as ClipFacts);
      if (this.#position === 0) this.plays[index] = (this.plays[index] ?? 0) + 1;
      this.#output.start(sound, this.#position, seconds, 1);
      this.isPlaying = true;
      this.#timer ??= setInterval(() => this.tick(), TICK_MS);
    } catch {
      if (run !== this.#run) return;
      // Fetched again when it is asked for again; why it failed was told by who fetched it.
    }
    this.#isAwaited = false;
    this.onchange();
  }

  /** One after the other, so that one that is asked for has to wait for one other at most. */
  async #fetchAll(sounds: Map<number, Promise<Sound>>): Promise<void> {
    for (const index of this.#clips.keys()) {
      if (sounds !== this.#sounds) return;
      await this.#sound(index).catch(() => {});
    }
  }

  #sound(index: number): Promise<Sound> {
    let sound = this.#sounds.get(index);
    if (!sound) {
      sound = this.#source(this.#trial as number, index, this.#clips[index] as ClipFacts);
      this.#sounds.set(index, sound);
      const sounds = this.#sounds;
      sound.catch(() => sounds.delete(index));
    }
    return sound;
  }

  #at(): number {
    return this.isPlaying ? Math.max(0, this.#output.heard() ?? 0) : this.#position;
  }
}

function duration(clip: ClipFacts): number {
  return clip.samples / clip.rate;
}
