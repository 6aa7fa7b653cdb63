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
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(output: TakesOutput<Sound>, source: SoundSource<Sound>) {
    this.#output = output;
    this.#source = source;
  }

  /** Take the stimuli of another trial, and fetch them. `heard`: in another visit to it. */
  load(trial: number | null, clips: ClipFacts[], heard: boolean): void {
    this.stop();
    this.#trial = trial;
    this.#clips = clips;
    this.plays = clips.map(() => 0);
    this.#heard = clips.map(() => heard);
    this.#sounds.clear();
    this.current = null;
    for (const index of clips.keys()) this.#sound(index).catch(() => this.#sounds.delete(index));
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

  /** Play one from its start. */
  play(index: number): void {
    this.#output.go();
    this.plays[index] = (this.plays[index] ?? 0) + 1;
    this.current = index;
    this.#position = 0;
    void this.#begin(index);
  }

  /** Pause, or go on. */
  toggle(): void {
    if (this.current === null) this.play(0);
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
    try {
      const sound = await this.#sound(index);
      if (run !== this.#run) return;
      const seconds = duration(this.#clips[index] as ClipFacts);
      this.#output.start(sound, this.#position, seconds, 1);
      this.isPlaying = true;
      this.#timer ??= setInterval(() => this.tick(), TICK_MS);
    } catch {
      this.#sounds.delete(index);
    }
    this.onchange();
  }

  #sound(index: number): Promise<Sound> {
    let sound = this.#sounds.get(index);
    if (!sound) {
      sound = this.#source(this.#trial as number, index, this.#clips[index] as ClipFacts);
      this.#sounds.set(index, sound);
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
