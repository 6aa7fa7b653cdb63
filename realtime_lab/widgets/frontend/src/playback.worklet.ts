// Plays what the kernel sends and says how far it came, every 50 ms and whenever an item ends.

import { PlaybackQueue } from "./playback_queue.ts";

const REPORT_SECONDS = 0.05;

class Playback extends AudioWorkletProcessor {
  #queue = new PlaybackQueue(sampleRate, {
    ended: (item, samples) =>
      this.port.postMessage({ type: "ended", item, seconds: samples / sampleRate }),
    silent: () => this.port.postMessage({ type: "silent", at: Date.now() }),
  });
  #energy = 0;
  #rendered = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => this.#receive(data);
  }

  process(_inputs: Float32Array[][], [channels]: Float32Array[][]): boolean {
    const output = channels?.[0];
    if (!output) return true;
    this.#queue.render(output);
    for (const other of channels.slice(1)) other.set(output);
    for (const sample of output) this.#energy += sample * sample;
    this.#rendered += output.length;
    if (this.#rendered >= REPORT_SECONDS * sampleRate) this.#report();
    return true;
  }

  #receive(message: { type: string; item: string; samples: Int16Array }): void {
    if (message.type === "audio") this.#queue.push(message.item, message.samples);
    else if (message.type === "finish") this.#queue.finish(message.item);
    else {
      const stopped = this.#queue.stop();
      if (stopped) this.#position(stopped);
    }
  }

  #report(): void {
    const level = Math.sqrt(this.#energy / this.#rendered);
    this.port.postMessage({ type: "level", level, underruns: this.#queue.underruns });
    if (this.#queue.current) this.#position(this.#queue.current);
    this.#energy = 0;
    this.#rendered = 0;
  }

  #position({ item, samples }: { item: string; samples: number }): void {
    this.port.postMessage({ type: "position", item, seconds: samples / sampleRate });
  }
}

registerProcessor("realtime-lab-playback", Playback);
