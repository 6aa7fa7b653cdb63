// Looks for a text in the events, one match after the other.

import type { Kernel } from "./kernel.ts";
import type { RowList } from "./row_list.ts";
import type { Selection } from "./selection.ts";

const BEFORE_ALL = -1;
const AFTER_ALL = Number.MAX_SAFE_INTEGER;

export class Search {
  text = "";
  /** What the last step came to, where it has to be said. */
  note = "";
  readonly #kernel: Pick<Kernel, "ask">;
  readonly #list: RowList;
  readonly #selection: Selection;
  readonly #changed: () => void;

  constructor(
    kernel: Pick<Kernel, "ask">,
    list: RowList,
    selection: Selection,
    changed: () => void,
  ) {
    this.#kernel = kernel;
    this.#list = list;
    this.#selection = selection;
    this.#changed = changed;
  }

  setText(text: string): void {
    if (text === this.text) return;
    this.text = text;
    this.note = "";
    this.#changed();
  }

  /** Select the next match, or the one before; past the last one it begins again. */
  async step(backwards: boolean): Promise<void> {
    if (!this.text) return;
    const start = backwards ? AFTER_ALL : BEFORE_ALL;
    let note = "";
    let seq = await this.#find(this.#selection.seq ?? start, backwards);
    if (seq === null) {
      note = backwards ? "Went on from the end" : "Went on from the start";
      seq = await this.#find(start, backwards);
    }
    this.note = seq === null ? "Not found" : note;
    this.#changed();
    if (seq !== null) await this.#selection.select(seq);
  }

  async #find(seq: number, backwards: boolean): Promise<number | null> {
    const asks = { filter: this.#list.filter, text: this.text, seq, backwards };
    return (await this.#kernel.ask("find", asks)).answer.seq;
  }
}
