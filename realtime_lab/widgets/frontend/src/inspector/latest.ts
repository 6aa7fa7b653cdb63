/**
 * Runs a task for what was asked for last: one at a time, and what was overtaken while it waited is
 * never run. A task that fails leaves things as they are; who failed it tells the reader.
 */
export class Latest<Asked> {
  readonly #run: (asked: Asked) => Promise<void>;
  #next: { asked: Asked } | null = null;
  #running = false;

  constructor(run: (asked: Asked) => Promise<void>) {
    this.#run = run;
  }

  async ask(asked: Asked): Promise<void> {
    this.#next = { asked };
    if (this.#running) return;
    this.#running = true;
    try {
      while (this.#next) {
        const { asked: current } = this.#next;
        this.#next = null;
        await this.#run(current).catch(() => {});
      }
    } finally {
      this.#running = false;
    }
  }

  /** Whether something else was asked for since the task began that runs now. */
  get overtaken(): boolean {
    return this.#next !== null;
  }
}
