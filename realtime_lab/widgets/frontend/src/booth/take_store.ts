// The sound and the measures of takes, fetched from the kernel when they are first wanted.

import type { KernelLink } from "../kernel_link.ts";
import { copied, fetchSound } from "./fetch_sound.ts";
import type { Measures, Questions, TakeFacts } from "./messages.ts";
import type { Sound } from "./takes_output.ts";

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
      const sound = await fetchSound(take, async (first, count) => {
        const { buffers } = await this.#link.ask("audio", { take: id, first, count });
        return buffers[0];
      });
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
