// A table that is at its end follows what comes; one that is not says how much came.

export class Tail {
  /** Rows that came since the end was last in view. */
  unseen = 0;
  #rows = 0;
  #touched = false;

  /** The reader went somewhere: from now on the table stays where it is put. */
  touch(): void {
    this.#touched = true;
  }

  /** It is another list. */
  begin(rows: number): void {
    this.#rows = rows;
    this.unseen = 0;
  }

  /** There are so many rows now; says whether to go to the end. */
  grow(rows: number, wasAtEnd: boolean): boolean {
    const came = rows - this.#rows;
    this.#rows = rows;
    if (came <= 0) return false;
    if (wasAtEnd || !this.#touched) return true;
    this.unseen += came;
    return false;
  }

  /** The end is in view. */
  reached(): void {
    this.unseen = 0;
  }
}
