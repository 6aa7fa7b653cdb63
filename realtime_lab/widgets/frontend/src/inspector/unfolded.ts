// Where things stand in the table when some rows are unfolded: their pieces follow them in place.

interface Run {
  row: number;
  pieces: number;
}

/** A line of the table: a row of the list, or one piece of the row that is unfolded. */
export interface Place {
  row: number;
  /** Which piece, from 0; -1 for the row itself. */
  piece: number;
}

export class Unfolded {
  /** In the order of their rows. */
  #runs: Run[] = [];

  get extra(): number {
    return this.#runs.reduce((sum, run) => sum + run.pieces, 0);
  }

  has(row: number): boolean {
    return this.#runs.some((run) => run.row === row);
  }

  /** How many pieces of a row are shown. */
  pieces(row: number): number {
    return this.#runs.find((run) => run.row === row)?.pieces ?? 0;
  }

  unfold(row: number, pieces: number): void {
    this.fold(row);
    this.#runs.push({ row, pieces });
    this.#runs.sort((a, b) => a.row - b.row);
  }

  fold(row: number): void {
    this.#runs = this.#runs.filter((run) => run.row !== row);
  }

  clear(): void {
    this.#runs = [];
  }

  /** What stands on a line. */
  place(line: number): Place {
    let before = 0;
    for (const { row, pieces } of this.#runs) {
      const ownLine = row + before;
      if (line <= ownLine) break;
      if (line <= ownLine + pieces) return { row, piece: line - ownLine - 1 };
      before += pieces;
    }
    return { row: line - before, piece: -1 };
  }

  /** On which line it stands. */
  line({ row, piece }: Place): number {
    const above = this.#runs.filter((run) => run.row < row);
    return row + above.reduce((sum, run) => sum + run.pieces, 0) + piece + 1;
  }
}
