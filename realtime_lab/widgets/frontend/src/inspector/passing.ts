// Which row the cursor of the replay has reached, told from rows that are here already.

import type { Kernel } from "./kernel.ts";
import { Latest } from "./latest.ts";
import type { RowList } from "./row_list.ts";

export class Passing {
  /** The last row that began before the cursor, -1 before the first; null while not known. */
  row: number | null = null;
  readonly #kernel: Pick<Kernel, "ask">;
  readonly #list: RowList;
  readonly #locating = new Latest<number>((cursor) => this.#locate(cursor));

  constructor(kernel: Pick<Kernel, "ask">, list: RowList) {
    this.#kernel = kernel;
    this.#list = list;
  }

  /** The list is another one, or the cursor jumped. */
  forget(): void {
    this.row = null;
  }

  /** The cursor is there now. */
  advance(cursor: number): void {
    let row = this.row;
    while (row !== null && row + 1 < this.#list.total) {
      const next = this.#list.row(row + 1);
      if (!next) break;
      if (next.at > cursor) {
        this.row = row;
        return;
      }
      row++;
    }
    this.row = row;
    // The row after is not here: ask where the cursor is now, and have the rows there fetched.
    if (row === null || row + 1 < this.#list.total) void this.#locating.ask(cursor);
  }

  async #locate(cursor: number): Promise<void> {
    const { filter } = this.#list;
    const { seq } = (await this.#kernel.ask("moment", { at: cursor })).answer;
    const { row } = (await this.#kernel.ask("position", { filter, seq })).answer;
    if (filter === this.#list.filter) this.row = row;
  }
}
