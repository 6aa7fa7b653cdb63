// Takes through the browser's audio: one sounds at a time, and gives way to the next without a click.

import type { TakesOutput } from "./takes_player.ts";

const FADE_SECONDS = 0.012;
const START_DELAY = 0.01;

export interface Sound {
  samples: Float32Array<ArrayBuffer>;
  rate: number;
}

interface Voice {
  source: AudioBufferSourceNode;
  fade: GainNode;
}

export class WebAudioTakes implements TakesOutput<Sound> {
  #context: AudioContext | null = null;
  #gain: GainNode | null = null;
  #analyser: AnalyserNode | null = null;
  #voice: Voice | null = null;
  #buffers = new WeakMap<Sound, AudioBuffer>();
  /** The clock's reading at the start of the take, had it been played from there. */
  #zero: number | null = null;

  /** Whether the browser waits for a click before it plays anything. */
  get blocked(): boolean {
    return this.#context?.state === "suspended";
  }

  go(): void {
    void this.#open().resume();
  }

  start(sound: Sound, from: number, until: number, gain: number): void {
    const context = this.#open();
    const now = context.currentTime + START_DELAY;
    this.#fadeOut(now);
    // A gain of its own, so that what fades out does not jump with the next one's.
    this.#gain = context.createGain();
    this.#gain.gain.value = gain;
    this.#gain.connect(this.#analyser as AnalyserNode);
    const fade = context.createGain();
    fade.connect(this.#gain);
    fade.gain.setValueAtTime(0, now);
    fade.gain.linearRampToValueAtTime(1, now + FADE_SECONDS);
    const end = now + Math.max(until - from, 2 * FADE_SECONDS);
    fade.gain.setValueAtTime(1, end - FADE_SECONDS);
    fade.gain.linearRampToValueAtTime(0, end);
    const source = context.createBufferSource();
    source.buffer = this.#buffer(context, sound);
    source.connect(fade);
    source.start(now, from);
    source.stop(end);
    this.#voice = { source, fade };
    this.#zero = now - from;
  }

  stop(): void {
    if (this.#context) this.#fadeOut(this.#context.currentTime);
    this.#zero = null;
  }

  heard(): number | null {
    if (this.#zero === null || !this.#context) return null;
    return this.#context.currentTime - (this.#context.outputLatency || 0) - this.#zero;
  }

  get ahead(): number {
    return START_DELAY + (this.#context?.outputLatency || 0);
  }

  setGain(gain: number): void {
    const now = this.#context?.currentTime ?? 0;
    // Not at once, which would click.
    this.#gain?.gain.setTargetAtTime(gain, now, 0.015);
  }

  /** Root mean square of what just left. */
  level(): number {
    if (!this.#analyser) return 0;
    const samples = new Float32Array(this.#analyser.fftSize);
    this.#analyser.getFloatTimeDomainData(samples);
    return Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
  }

  close(): void {
    void this.#context?.close();
    this.#context = null;
  }

  #fadeOut(now: number): void {
    if (!this.#voice) return;
    const { source, fade } = this.#voice;
    fade.gain.cancelScheduledValues(0);
    fade.gain.setValueAtTime(fade.gain.value, now);
    fade.gain.linearRampToValueAtTime(0, now + FADE_SECONDS);
    source.stop(now + FADE_SECONDS);
    this.#voice = null;
  }

  #buffer(context: AudioContext, sound: Sound): AudioBuffer {
    let buffer = this.#buffers.get(sound);
    if (!buffer) {
      buffer = context.createBuffer(1, Math.max(1, sound.samples.length), sound.rate);
      buffer.copyToChannel(sound.samples, 0);
      this.#buffers.set(sound, buffer);
    }
    return buffer;
  }

  #open(): AudioContext {
    if (this.#context) return this.#context;
    this.#context = new AudioContext();
    this.#analyser = this.#context.createAnalyser();
    this.#analyser.fftSize = 8192;
    this.#analyser.connect(this.#context.destination);
    return this.#context;
  }
}
