// Both sides of a recording on one audio clock.

import { SIDES, type Side } from "./messages.ts";
import type { Piece, ReplayOutput } from "./replay.ts";

const START_DELAY = 0.03;

export class WebAudioOutput implements ReplayOutput {
  /** Samples a second of all that it plays. */
  rate = 24_000;
  readonly #muted = new Set<Side>();
  readonly #playing = new Set<AudioBufferSourceNode>();
  #context: AudioContext | null = null;
  #analyser: AnalyserNode | null = null;
  #gains = new Map<Side, GainNode>();
  /** The clock's reading at the start of the log, had it been played from there. */
  #zero: number | null = null;

  /** Whether the browser waits for a click before it plays anything. */
  get blocked(): boolean {
    return this.#context?.state === "suspended";
  }

  go(): void {
    void this.#open().resume();
  }

  halt(): void {
    void this.#context?.suspend();
  }

  silence(): void {
    for (const source of this.#playing) source.stop();
    this.#playing.clear();
    this.#zero = null;
  }

  schedule(piece: Piece, start: number): void {
    const context = this.#open();
    this.#zero ??= context.currentTime + START_DELAY - start;
    for (const [side, samples] of piece) {
      const buffer = context.createBuffer(1, samples.length, this.rate);
      const floats = buffer.getChannelData(0);
      for (let i = 0; i < samples.length; i++) floats[i] = (samples[i] as number) / 0x8000;
      const source = context.createBufferSource();
      source.buffer = buffer;
      source.connect(this.#gains.get(side) as GainNode);
      source.onended = () => this.#playing.delete(source);
      source.start(Math.round((this.#zero + start) * this.rate) / this.rate);
      this.#playing.add(source);
    }
  }

  heard(): number | null {
    if (this.#zero === null || !this.#context) return null;
    return this.#context.currentTime - (this.#context.outputLatency || 0) - this.#zero;
  }

  /** Root mean square of what just left. */
  level(): number {
    if (!this.#analyser) return 0;
    const samples = new Float32Array(this.#analyser.fftSize);
    this.#analyser.getFloatTimeDomainData(samples);
    return Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
  }

  setMuted(side: Side, muted: boolean): void {
    if (muted) this.#muted.add(side);
    else this.#muted.delete(side);
    const now = this.#context?.currentTime ?? 0;
    // Not at once, which would click.
    this.#gains.get(side)?.gain.setTargetAtTime(muted ? 0 : 1, now, 0.01);
  }

  close(): void {
    void this.#context?.close();
    this.#context = null;
  }

  #open(): AudioContext {
    if (this.#context) return this.#context;
    const context = new AudioContext({ sampleRate: this.rate });
    this.#context = context;
    this.#analyser = context.createAnalyser();
    this.#analyser.connect(context.destination);
    for (const side of SIDES) {
      const gain = context.createGain();
      gain.gain.value = this.#muted.has(side) ? 0 : 1;
      gain.connect(this.#analyser);
      this.#gains.set(side, gain);
    }
    return context;
  }
}
