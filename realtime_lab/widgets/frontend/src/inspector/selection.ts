// The event that the reader looks at: where it is in the table, and its details while they are open.

import type { Kernel } from "./kernel.ts";
import { Latest } from "./latest.ts";
import type { EventDetail } from "./messages.ts";
import type { RowList } from "./row_list.ts";
import type { Place } from "./unfolded.ts";

export interface SelectionEvents {
  changed(): void;
  /** Bring it into view. */
  reveal(line: number): void;
}

export class Selection {
  place: Place | null = null;
  seq: number | null = null;
  at: number | null = null;
  /** Whether the filter keeps it from the table. */
  hidden = false;
  detail: EventDetail | null = null;
  readonly #kernel: Pick<Kernel, "ask">;
  readonly #list: RowList;
  readonly #events: SelectionEvents;
  readonly #loading = new Latest<number>((seq) => this.#load(seq));
  #open = false;

  constructor(kernel: Pick<Kernel, "ask">, list: RowList, events: SelectionEvents) {
    this.#kernel = kernel;
    this.#list = list;
    this.#events = events;
  }

  /** Whether the details are shown. */
  get isOpen(): boolean {
    return this.#open;
  }

  get line(): number | null {
    return this.place && this.#list.lineOf(this.place);
  }

  setOpen(open: boolean): void {
    this.#open = open;
    this.#loadDetail();
    this.#events.changed();
  }

  /** The event on a line, or the one that will be there when its row has come. */
  selectLine(line: number): void {
    const last = this.#list.lines - 1;
    if (last < 0) return;
    const number = Math.min(Math.max(0, line), last);
    const there = this.#list.line(number);
    this.place = this.#list.placeOf(number);
    this.seq = there?.row.seq ?? null;
    this.at = there?.row.at ?? null;
    this.hidden = false;
    this.#events.reveal(number);
    this.#loadDetail();
    this.#events.changed();
  }

  /** An event, wherever it is. */
  async select(seq: number): Promise<void> {
    this.seq = seq;
    this.#loadDetail();
    await this.locate();
  }

  /** Find the selected event in a list that is another one now. */
  async locate(): Promise<void> {
    const { seq } = this;
    if (seq === null) {
      this.place = null;
      return this.#events.changed();
    }
    const { filter } = this.#list;
    const { answer } = await this.#kernel.ask("position", { filter, seq });
    if (this.seq !== seq || filter !== this.#list.filter) return;
    this.hidden = answer.hidden;
    this.at = answer.at;
    this.place = answer.row < 0 ? null : { row: answer.row, piece: -1 };
    if (this.place && answer.piece > 0 && this.#list.isUnfolded(answer.row)) {
      this.place.piece = answer.piece;
    }
    if (this.place) this.#events.reveal(this.#list.lineOf(this.place));
    this.#events.changed();
  }

  /** Rows have come: the selected one may be among them. */
  rowsCame(): void {
    if (this.seq !== null || !this.place) return;
    const there = this.#list.line(this.#list.lineOf(this.place));
    if (!there) return;
    this.seq = there.row.seq;
    this.at = there.row.at;
    this.#loadDetail();
    this.#events.changed();
  }

  #loadDetail(): void {
    if (this.#open && this.seq !== null && this.seq !== this.detail?.seq) {
      void this.#loading.ask(this.seq);
    }
  }

  async #load(seq: number): Promise<void> {
    const { answer } = await this.#kernel.ask("event", { seq });
    if (this.seq !== seq) return;
    this.detail = answer;
    this.#events.changed();
  }
}
