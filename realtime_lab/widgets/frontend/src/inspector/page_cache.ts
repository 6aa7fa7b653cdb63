// Rows of a long list, fetched page by page as they are wanted. What is in view comes first, then
// the pages around it; a page that was wanted a moment ago and no longer is, is never asked for.

export const PAGE_ROWS = 200;
const PAGES_KEPT = 48;
/** More would only wait in the kernel, behind what the reader no longer looks at. */
const ASKED_AT_ONCE = 2;

export interface PageSource<Row> {
  fetch(first: number, count: number): Promise<Row[]>;
  /** Rows from `first` on have come. */
  arrived(first: number, count: number): void;
}

interface Page<Row> {
  rows: Row[];
  /** Shown until a newer one has come. */
  stale: boolean;
}

export class PageCache<Row> {
  readonly #source: PageSource<Row>;
  readonly #pages = new Map<number, Page<Row>>();
  /** By page: which of our questions asked for it last. */
  readonly #asked = new Map<number, number>();
  #wanted: number[] = [];
  #questions = 0;
  #generation = 0;

  constructor(source: PageSource<Row>) {
    this.#source = source;
  }

  get pages(): number {
    return this.#pages.size;
  }

  /** The row, if it is here. */
  row(index: number): Row | undefined {
    return this.#pages.get(Math.floor(index / PAGE_ROWS))?.rows[index % PAGE_ROWS];
  }

  /** The rows in view, of a list of `total`: fetch what of them and around them is missing. */
  want(first: number, last: number, total: number): void {
    const top = Math.floor(first / PAGE_ROWS);
    const bottom = Math.floor(last / PAGE_ROWS);
    const inView = Array.from({ length: Math.max(0, bottom - top + 1) }, (_, i) => top + i);
    const pages = [...inView, bottom + 1, top - 1];
    this.#wanted = pages.filter((page) => page >= 0 && page * PAGE_ROWS < total);
    // Least recently wanted first, which is the order in which they are dropped.
    for (const page of this.#wanted) this.#touch(page);
    this.#ask();
  }

  /** Rows from here on may have changed; those in view are fetched again. */
  outdate(from: number): void {
    const firstPage = Math.floor(Math.max(0, from) / PAGE_ROWS);
    for (const [number, page] of this.#pages) if (number >= firstPage) page.stale = true;
    for (const number of this.#asked.keys()) if (number >= firstPage) this.#asked.delete(number);
    this.#ask();
  }

  /** It is another list now. Answers on their way are of the old one: they are dropped. */
  clear(): void {
    this.#generation++;
    this.#pages.clear();
    this.#asked.clear();
    this.#wanted = [];
  }

  #touch(number: number): void {
    const page = this.#pages.get(number);
    if (!page) return;
    this.#pages.delete(number);
    this.#pages.set(number, page);
  }

  #ask(): void {
    for (const number of this.#wanted) {
      if (this.#asked.size >= ASKED_AT_ONCE) return;
      const known = this.#pages.get(number);
      if (this.#asked.has(number) || (known && !known.stale)) continue;
      void this.#fetch(number);
    }
  }

  async #fetch(number: number): Promise<void> {
    const generation = this.#generation;
    const question = ++this.#questions;
    this.#asked.set(number, question);
    const first = number * PAGE_ROWS;
    let rows: Row[];
    try {
      rows = await this.#source.fetch(first, PAGE_ROWS);
    } catch {
      // Whoever asks the kernel tells why; the rows are asked for again when they are wanted again.
      if (this.#asked.get(number) === question) this.#asked.delete(number);
      return;
    }
    if (generation !== this.#generation) return;
    // What was asked for before rows changed may lack the change.
    const stale = this.#asked.get(number) !== question;
    if (!stale) this.#asked.delete(number);
    else if (this.#pages.get(number)?.stale === false) return;
    this.#pages.delete(number);
    this.#pages.set(number, { rows, stale });
    for (const old of this.#pages.keys()) {
      if (this.#pages.size <= PAGES_KEPT) break;
      if (!this.#wanted.includes(old)) this.#pages.delete(old);
    }
    this.#source.arrived(first, rows.length);
    this.#ask();
  }
}
