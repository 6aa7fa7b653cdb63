// Which takes are shown: a text, a repeat, and the rows of voices in groups and in order.

import type { Summary, TakeFacts } from "./messages.ts";
import {
  arranged,
  type Group,
  type Grouping,
  type Row,
  rowsOf,
  type Sorting,
  takeOf,
} from "./rows.ts";

export interface Shown {
  id: number;
  take: TakeFacts;
}

export class Arrangement {
  text = 0;
  repeat = 0;
  grouping: Grouping = "none";
  sorting: Sorting = { by: "", descending: false };
  /** As they were arranged last. */
  groups: Group[] = [];
  readonly summary: Summary;
  readonly #rows: Row[];

  constructor(summary: Summary) {
    this.summary = summary;
    this.#rows = rowsOf(summary.takes);
    if (this.sources.length > 1) this.grouping = "source";
  }

  get sources(): string[] {
    return [...new Set(this.#rows.map(({ source }) => source))];
  }

  /** Every repeat that some take has. */
  get repeats(): number[] {
    return [...new Set(this.summary.takes.map(({ repeat }) => repeat))].sort((a, b) => a - b);
  }

  /** The rows in the order in which they are shown. */
  get rows(): Row[] {
    return this.groups.flatMap(({ rows }) => rows);
  }

  /** The words of the text that was asked for. */
  get asked(): string[] {
    return this.summary.texts[this.text] ?? [];
  }

  /** The take of a row that is shown. */
  take(row: Row): Shown | null {
    const id = takeOf(row, this.summary.takes, this.text, this.repeat);
    return id === null ? null : { id, take: this.summary.takes[id] as TakeFacts };
  }

  /** Every take of a row that says the text. */
  repeatsOf(row: Row): number[] {
    return row.takes.filter((id) => this.summary.takes[id]?.text === this.text);
  }

  get shown(): Shown[] {
    return this.rows.map((row) => this.take(row)).filter((shown) => shown !== null);
  }

  /** The longest of the takes that are shown, in seconds. */
  get longest(): number {
    return Math.max(0.1, ...this.shown.map(({ take }) => take.seconds));
  }

  /** `value` is what a row is sorted by. */
  arrange(value: (row: Row) => number | null): void {
    this.groups = arranged(this.#rows, this.grouping, this.sorting, value);
  }
}
