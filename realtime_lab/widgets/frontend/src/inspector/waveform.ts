// Draws a waveform from its peaks. (Our own: a library that takes whole recordings cannot show an
// hour without fetching it, and two lanes have to share one axis with what is not sound.)

import type { TimeAxis } from "./time_axis.ts";
import type { Peaks } from "./timeline_data.ts";

const LOUDEST = 127;
/** Below this the picture would be one of noise. */
const QUIETEST = 12;

/** Lowest and highest value of the peaks between two times; null where there are none. */
export function extremes(peaks: Peaks, start: number, end: number): [number, number] | null {
  if (end <= peaks.start || start >= peaks.end) return null;
  const buckets = peaks.values.length / 2;
  const density = buckets / (peaks.end - peaks.start);
  const first = Math.max(0, Math.floor((start - peaks.start) * density + 1e-6));
  const last = Math.min(
    buckets,
    Math.max(first + 1, Math.ceil((end - peaks.start) * density - 1e-6)),
  );
  let low = LOUDEST;
  let high = -LOUDEST;
  for (let bucket = first; bucket < last; bucket++) {
    low = Math.min(low, peaks.values[2 * bucket] as number);
    high = Math.max(high, peaks.values[2 * bucket + 1] as number);
  }
  return [low, high];
}

/** How much of full scale is shown: recordings are seldom loud, and quiet ones must show, too. */
export function range(peaks: Peaks): number {
  let loudest = QUIETEST;
  for (const value of peaks.values) loudest = Math.max(loudest, Math.abs(value));
  return loudest;
}

export function drawWaveform(
  context: CanvasRenderingContext2D,
  axis: TimeAxis,
  peaks: Peaks,
  top: number,
  height: number,
): void {
  const middle = top + height / 2;
  const scale = height / 2 / range(peaks);
  context.beginPath();
  for (let x = 0; x < axis.width; x++) {
    const found = extremes(peaks, axis.time(x), axis.time(x + 1));
    if (!found) continue;
    const [low, high] = found;
    // Silence is a line.
    const y = middle - high * scale;
    context.rect(x, y, 1, Math.max(1, (high - low) * scale));
  }
  context.fill();
}
