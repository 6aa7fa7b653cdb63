// What a table scrolls to by itself: the end of a log that grows, and the row that a replay reaches;
// neither once the reader has gone elsewhere.

export class Following {
  /** Rows that came since the end was last in view. */
  unseen = 0;
  #rows = 0;
  #touched = false;
  #replays = false;
  #wasActive = false;
  #passing: number | null = null;

  /** The reader went somewhere: from now on the table stays where it is put. */
  touch(): void {
    this.#touched = true;
    this.#replays = false;
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

  /** The replay is at that row; says whether to go there. */
  replay(active: boolean, row: number | null): boolean {
    if (active && !this.#wasActive) this.#replays = true;
    this.#wasActive = active;
    const moved = row !== null && row >= 0 && row !== this.#passing;
    this.#passing = row;
    if (active && moved) this.#touched = true;
    return active && moved && this.#replays;
  }
}
