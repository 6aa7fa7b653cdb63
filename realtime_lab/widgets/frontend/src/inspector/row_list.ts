// The lines of the table: the rows that the filter lets through, and the pieces of those that are
// unfolded. Nothing of the screen in here: tests run it.

import type { Kernel } from "./kernel.ts";
import { EVERYTHING, type Filter, type Row, rowsOf } from "./messages.ts";
import { PageCache } from "./page_cache.ts";
import { type Place, Unfolded } from "./unfolded.ts";

/** The last rows of a list may still grow: pieces of different streams come by turns. */
const OPEN_ROWS = 64;

export interface Line {
  place: Place;
  row: Row;
}

export interface RowListEvents {
  /** Lines may look different now. */
  changed(): void;
  /** It is the list of another filter. */
  replaced(): void;
}

export class RowList {
  filter: Filter = EVERYTHING;
  /** Rows that the filter lets through. */
  total = 0;
  readonly #kernel: Pick<Kernel, "ask">;
  readonly #events: RowListEvents;
  readonly #unfolded = new Unfolded();
  readonly #pieces = new Map<number, PageCache<Row>>();
  readonly #rows: PageCache<Row>;
  #next: Filter | null = null;
  #asked: Filter | null = null;
  #grew = false;
  #counting = false;

  constructor(kernel: Pick<Kernel, "ask">, events: RowListEvents) {
    this.#kernel = kernel;
    this.#events = events;
    this.#rows = new PageCache({
      fetch: async (first, count) => {
        const asks = { filter: this.filter, first, count };
        return rowsOf((await kernel.ask("rows", asks)).answer);
      },
      arrived: (first, count) => this.#arrived(first, count),
    });
  }

  /** The filter that was asked for last, whose list may be on its way. */
  get wanted(): Filter {
    return this.#next ?? this.#asked ?? this.filter;
  }

  get lines(): number {
    return this.total + this.#unfolded.extra;
  }

  /** Another list, as soon as it is counted: until then the old one stays whole. */
  setFilter(filter: Filter): Promise<void> {
    this.#next = filter;
    return this.#count();
  }

  /** The log has grown. */
  grow(): Promise<void> {
    this.#grew = true;
    return this.#count();
  }

  /** What is on a line, if it is here. */
  line(number: number): Line | undefined {
    const place = this.#unfolded.place(number);
    const row =
      place.piece < 0 ? this.row(place.row) : this.#pieces.get(place.row)?.row(place.piece);
    return row && { place, row };
  }

  row(number: number): Row | undefined {
    return this.#rows.row(number);
  }

  placeOf(line: number): Place {
    return this.#unfolded.place(line);
  }

  lineOf(place: Place): number {
    return this.#unfolded.line(place);
  }

  /** These lines are in view. */
  want(first: number, last: number): void {
    if (last < first) return;
    const from = this.#unfolded.place(first);
    const to = this.#unfolded.place(last);
    this.#rows.want(from.row, to.row, this.total);
    for (const [row, pieces] of this.#pieces) {
      if (row < from.row || row > to.row) continue;
      const count = this.#unfolded.pieces(row);
      const top = row === from.row ? Math.max(0, from.piece) : 0;
      const room = top + last - first;
      if (row === to.row && to.piece < 0) continue;
      pieces.want(top, Math.min(row === to.row ? to.piece : room, count - 1), count);
    }
  }

  isUnfolded(row: number): boolean {
    return this.#unfolded.has(row);
  }

  /** Show the pieces of a row below it, or no longer. */
  toggle(number: number): void {
    const row = this.row(number);
    if (!row || row.pieces < 2) return;
    if (this.#unfolded.has(number)) {
      this.#unfolded.fold(number);
      this.#pieces.delete(number);
    } else this.#unfold(number, row);
    this.#events.changed();
  }

  #unfold(number: number, row: Row): void {
    this.#unfolded.unfold(number, row.pieces);
    const fetch = async (first: number, count: number) => {
      const asks = { head: row.seq, first, count };
      return rowsOf((await this.#kernel.ask("pieces", asks)).answer);
    };
    this.#pieces.set(number, new PageCache({ fetch, arrived: () => this.#events.changed() }));
  }

  /** One question at a time; what happens meanwhile is asked after it. */
  async #count(): Promise<void> {
    if (this.#counting) return;
    this.#counting = true;
    try {
      while (this.#next || this.#grew) {
        const next = this.#next;
        const filter = next ?? this.filter;
        this.#asked = next;
        this.#next = null;
        this.#grew = false;
        const { total } = (await this.#kernel.ask("count", { filter })).answer;
        if (this.#next) continue;
        if (next) this.#replace(next, total);
        else this.#extend(total);
      }
    } finally {
      this.#asked = null;
      this.#counting = false;
    }
  }

  #replace(filter: Filter, total: number): void {
    this.filter = filter;
    this.total = total;
    this.#rows.clear();
    this.#unfolded.clear();
    this.#pieces.clear();
    this.#events.replaced();
  }

  #extend(total: number): void {
    // A row may begin to match long after it began: the text that is looked for comes in pieces.
    this.#rows.outdate(this.filter.text ? 0 : this.total - OPEN_ROWS);
    this.total = total;
    this.#events.changed();
  }

  #arrived(first: number, count: number): void {
    for (let number = first; number < first + count; number++) {
      const row = this.row(number);
      if (!row || !this.#unfolded.has(number)) continue;
      const before = this.#unfolded.pieces(number);
      if (row.pieces === before) continue;
      this.#pieces.get(number)?.outdate(before);
      this.#unfolded.unfold(number, row.pieces);
    }
    this.#events.changed();
  }
}
