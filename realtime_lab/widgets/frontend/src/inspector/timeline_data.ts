// What the kernel knows of the part of a session that is in view: spans of the lanes, and the peaks
// of both waveforms. Fetched for three times the view, so that panning shows something at once.

import type { Kernel } from "./kernel.ts";
import { Latest } from "./latest.ts";
import { SIDES, type Side, type Span, spansOf } from "./messages.ts";
import type { TimeAxis } from "./time_axis.ts";

/** Buckets that a kernel is asked for at most: three times a wide screen. */
const MOST_BUCKETS = 6000;
/** How much finer or coarser than the screen the fetched buckets may be. */
const FINEST = 3;
const COARSEST = 0.7;

/** Lowest and highest sample by bucket, one after the other, of the time between start and end. */
export interface Peaks {
  start: number;
  end: number;
  values: Int8Array;
}

interface Tile {
  start: number;
  end: number;
  pixels: number;
}

export class TimelineData {
  spans: Span[] = [];
  readonly peaks = new Map<Side, Peaks>();
  readonly #kernel: Pick<Kernel, "ask">;
  readonly #changed: () => void;
  readonly #fetching = new Latest<Tile>((tile) => this.#fetch(tile));
  #tile: Tile | null = null;

  constructor(kernel: Pick<Kernel, "ask">, changed: () => void) {
    this.#kernel = kernel;
    this.#changed = changed;
  }

  /** This is in view now. */
  want(axis: TimeAxis): void {
    const density = axis.width / axis.span;
    if (this.#tile && covers(this.#tile, axis, density)) return;
    const start = Math.max(0, axis.start - axis.span);
    const end = Math.min(axis.end + axis.span, axis.limit);
    const pixels = Math.min(MOST_BUCKETS, Math.max(1, Math.ceil((end - start) * density)));
    this.#tile = { start, end, pixels };
    void this.#fetching.ask(this.#tile);
  }

  /** The log has grown, or more of the waveforms is known. */
  outdate(axis: TimeAxis): void {
    this.#tile = null;
    this.want(axis);
  }

  async #fetch({ start, end, pixels }: Tile): Promise<void> {
    const [spans, peaks] = await Promise.all([
      this.#kernel.ask("spans", { start, end, pixels }),
      this.#kernel.ask("peaks", { start, end, buckets: pixels }),
    ]);
    this.spans = spansOf(spans.answer);
    for (const [i, side] of peaks.answer.sides.entries()) {
      const { buffer, byteOffset, byteLength } = peaks.buffers[i] as DataView<ArrayBuffer>;
      const values = new Int8Array(buffer, byteOffset, byteLength);
      this.peaks.set(side, { start, end, values });
    }
    for (const side of SIDES) {
      if (!peaks.answer.sides.includes(side)) this.peaks.delete(side);
    }
    this.#changed();
  }
}

function covers(tile: Tile, axis: TimeAxis, density: number): boolean {
  const start = Math.max(0, axis.start);
  const end = Math.min(axis.end, axis.limit);
  if (start < tile.start || end > tile.end + 1e-9) return false;
  const ratio = tile.pixels / (tile.end - tile.start) / density;
  return ratio >= COARSEST && (ratio <= FINEST || tile.pixels < MOST_BUCKETS / 2);
}
