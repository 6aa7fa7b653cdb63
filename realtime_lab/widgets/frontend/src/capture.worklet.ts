// Microphone → mono PCM16 at 24 kHz in frames of 20 ms, each with its level and the time it was
// complete (epoch milliseconds).

import { Resampler } from "./resampler.ts";

const RATE = 24_000;
const FRAME = RATE / 50;

class Capture extends AudioWorkletProcessor {
  #resampler = new Resampler(sampleRate, RATE);
  #frame = new Int16Array(FRAME);
  #filled = 0;
  #energy = 0;

  process([channels]: Float32Array[][]): boolean {
    if (!channels?.[0]) return true;
    for (const sample of this.#resampler.process(mono(channels))) this.#add(sample);
    return true;
  }

  #add(sample: number): void {
    const clipped = Math.max(-1, Math.min(1, sample));
    this.#frame[this.#filled++] = Math.round(clipped * (clipped < 0 ? 0x8000 : 0x7fff));
    this.#energy += clipped * clipped;
    if (this.#filled === FRAME) this.#post();
  }

  #post(): void {
    const level = Math.sqrt(this.#energy / FRAME);
    const message = { pcm: this.#frame, level, at: Date.now() };
    this.port.postMessage(message, [this.#frame.buffer]);
    this.#frame = new Int16Array(FRAME);
    this.#filled = 0;
    this.#energy = 0;
  }
}

function mono(channels: Float32Array[]): Float32Array {
  const [first = new Float32Array(0), ...others] = channels;
  if (others.length === 0) return first;
  return first.map(
    (sample, i) =>
      others.reduce((sum, channel) => sum + (channel[i] ?? 0), sample) / channels.length,
  );
}

registerProcessor("realtime-lab-capture", Capture);
