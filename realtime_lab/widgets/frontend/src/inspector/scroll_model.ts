// Which rows a scrolled table shows. Browsers cap the height of an element (at 17 to 33 million
// pixels), so above a height that all of them take, the scrollbar moves through the rows faster
// than a pixel by pixel. `top` is what counts: the first visible pixel of the whole list.

export const LARGEST_HEIGHT = 8_000_000;

export class ScrollModel {
  readonly rowHeight: number;
  /** Pixels of the whole list above the view. */
  top = 0;
  #rows = 0;
  #viewHeight = 0;

  constructor(rowHeight: number) {
    this.rowHeight = rowHeight;
  }

  get rows(): number {
    return this.#rows;
  }

  get viewHeight(): number {
    return this.#viewHeight;
  }

  /** Give it another size; the rows in view stay, as far as there are any. */
  resize(rows: number, viewHeight: number): void {
    this.#rows = rows;
    this.#viewHeight = viewHeight;
    this.scrollTo(this.top);
  }

  /** Height of the element that makes the scrollbar. */
  get spacerHeight(): number {
    return Math.min(this.#rows * this.rowHeight, Math.max(LARGEST_HEIGHT, this.#viewHeight));
  }

  /** Whether the scrollbar moves through the rows faster than pixel by pixel. */
  get isScaled(): boolean {
    return this.spacerHeight < this.#rows * this.rowHeight;
  }

  get largestTop(): number {
    return Math.max(0, this.#rows * this.rowHeight - this.#viewHeight);
  }

  get isAtEnd(): boolean {
    return this.top >= this.largestTop - 1;
  }

  /** Where the scrollbar has to stand. */
  get scrollTop(): number {
    return this.isScaled ? (this.top * this.#largestScrollTop) / this.largestTop : this.top;
  }

  /** The reader moved the scrollbar. */
  scrolledTo(scrollTop: number): void {
    // The end is the end, whatever the browser rounds.
    const atEnd = scrollTop >= this.#largestScrollTop - 1;
    const scale = this.isScaled ? this.largestTop / this.#largestScrollTop : 1;
    this.scrollTo(atEnd ? this.largestTop : scrollTop * scale);
  }

  scrollTo(top: number): void {
    this.top = Math.min(Math.max(0, top), this.largestTop);
  }

  /** Move as little as it takes to show a row whole; from far away, to the middle. */
  reveal(row: number): void {
    const start = row * this.rowHeight;
    const end = start + this.rowHeight;
    const far = start < this.top - this.#viewHeight || end > this.top + 2 * this.#viewHeight;
    if (far) this.scrollTo(start - (this.#viewHeight - this.rowHeight) / 2);
    else if (start < this.top) this.scrollTo(start);
    else if (end > this.top + this.#viewHeight) this.scrollTo(end - this.#viewHeight);
  }

  /** First and last row of which a pixel is in view; the last is before the first where none is. */
  get visible(): { first: number; last: number } {
    const first = Math.floor(this.top / this.rowHeight);
    const last = Math.ceil((this.top + this.#viewHeight) / this.rowHeight) - 1;
    return { first, last: Math.min(last, this.#rows - 1) };
  }

  /** How many whole rows a page is. */
  get page(): number {
    return Math.max(1, Math.floor(this.#viewHeight / this.rowHeight));
  }

  get #largestScrollTop(): number {
    return Math.max(0, this.spacerHeight - this.#viewHeight);
  }
}
