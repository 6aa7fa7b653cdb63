// The time of a session: which part is in view, what is known of it, and where its events crowd.

import type { Kernel } from "./kernel.ts";
import { Latest } from "./latest.ts";
import type { Filter } from "./messages.ts";
import { TimeAxis } from "./time_axis.ts";
import { TimelineData } from "./timeline_data.ts";

const BINS = 400;

export class Timeline {
  readonly axis = new TimeAxis();
  readonly data: TimelineData;
  /** Events that the filter lets through, in parts of equal length. */
  counts: number[] = [];
  /** Where the last part ends. */
  countedTo = 0;
  /** How many of them are errors. */
  errors: number[] = [];
  readonly #kernel: Pick<Kernel, "ask">;
  readonly #changed: () => void;
  readonly #counting = new Latest<Filter>((filter) => this.#count(filter));

  constructor(kernel: Pick<Kernel, "ask">, changed: () => void) {
    this.#kernel = kernel;
    this.#changed = changed;
    this.data = new TimelineData(kernel, changed);
  }

  /** Another part is in view. */
  moved(): void {
    this.data.want(this.axis);
    this.#changed();
  }

  /** The session is so long now, and may look different. */
  refresh(seconds: number, length: number, filter: Filter): void {
    this.axis.grow(seconds, length);
    this.data.outdate(this.axis);
    this.recount(filter);
    this.#changed();
  }

  recount(filter: Filter): void {
    void this.#counting.ask(filter);
  }

  /** Have a time in view. */
  reveal(time: number): void {
    if (this.axis.reveal(time)) this.moved();
  }

  async #count(filter: Filter): Promise<void> {
    const { answer } = await this.#kernel.ask("histogram", { filter, bins: BINS });
    this.counts = answer.counts;
    this.countedTo = answer.end;
    this.errors = answer.errors;
    this.#changed();
  }
}
