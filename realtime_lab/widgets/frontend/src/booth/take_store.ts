// The sound and the measures of takes, fetched from the kernel when they are first wanted.

import type { KernelLink } from "../kernel_link.ts";
import type { Measures, Questions, TakeFacts } from "./messages.ts";
import type { Sound } from "./takes_output.ts";

/** Samples of a message: 0.4 MB, so that nothing else waits long. */
const PIECE = 200_000;
const LOUDEST = 0x8000;

/** The course of the pitch: seconds and hertz; NaN where the sound is not voiced. */
export interface Pitch {
  times: Float32Array;
  hertz: Float32Array;
}

export interface Measured extends Measures {
  pitch: Pitch;
}

export class TakeStore {
  readonly sounds = new Map<number, Sound>();
  readonly measured = new Map<number, Measured>();
  readonly #link: Pick<KernelLink<Questions>, "ask">;
  readonly #coming = new Map<string, Promise<unknown>>();

  constructor(link: Pick<KernelLink<Questions>, "ask">) {
    this.#link = link;
  }

  sound(id: number, take: TakeFacts): Promise<Sound> {
    return this.#once(`sound ${id}`, this.sounds.get(id), async () => {
      const samples = new Float32Array(take.samples);
      for (let first = 0; first < take.samples; first += PIECE) {
        const count = Math.min(PIECE, take.samples - first);
        const { buffers } = await this.#link.ask("audio", { take: id, first, count });
        floats(buffers[0], samples, first);
      }
      const sound = { samples, rate: take.rate };
      this.sounds.set(id, sound);
      return sound;
    });
  }

  measures(id: number): Promise<Measured> {
    return this.#once(`measures ${id}`, this.measured.get(id), async () => {
      const { answer, buffers } = await this.#link.ask("measures", { take: id });
      const [times, hertz] = buffers.map((view) => new Float32Array(copied(view)));
      const pitch = { times: times ?? new Float32Array(), hertz: hertz ?? new Float32Array() };
      const measured = { ...answer, pitch };
      this.measured.set(id, measured);
      return measured;
    });
  }

  /** Forget the sound of all takes but some: that of a long run would not fit. */
  keep(ids: ReadonlySet<number>): void {
    for (const id of this.sounds.keys()) if (!ids.has(id)) this.sounds.delete(id);
  }

  #once<T>(key: string, there: T | undefined, fetch: () => Promise<T>): Promise<T> {
    if (there) return Promise.resolve(there);
    let coming = this.#coming.get(key) as Promise<T> | undefined;
    if (!coming) {
      coming = fetch().finally(() => this.#coming.delete(key));
      this.#coming.set(key, coming);
    }
    return coming;
  }
}

/** Copied: what came over a socket may lie at an odd address. */
function copied(view: DataView): ArrayBuffer {
  return view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) as ArrayBuffer;
}

function floats(pcm: DataView | undefined, into: Float32Array, first: number): void {
  if (!pcm) return;
  const samples = new Int16Array(copied(pcm));
  for (let i = 0; i < samples.length; i++) into[first + i] = (samples[i] as number) / LOUDEST;
}
