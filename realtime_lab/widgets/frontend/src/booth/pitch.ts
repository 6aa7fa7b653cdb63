// Draws the pitch over the spectrogram, on an axis of its own: in Hz, an octave as high everywhere.

import type { Brush, Canvas } from "../inspector/canvas.ts";
import type { Pitch } from "./take_store.ts";

const LOWEST = 50;
const HIGHEST = 500;
/** What the axis is marked with. */
export const TICKS = [100, 200, 400] as const;
/** Seconds without voice that break the line. */
const GAP = 0.03;
const EDGE = 2;

/** How far from the top a pitch is drawn, in an area of some height. */
export function pitchY(hertz: number, height: number): number {
  const within = Math.min(HIGHEST, Math.max(LOWEST, hertz));
  const share = Math.log2(within / LOWEST) / Math.log2(HIGHEST / LOWEST);
  return EDGE + (1 - share) * (height - 2 * EDGE);
}

export function paintPitch(
  { context, width, height }: Brush,
  canvas: Canvas,
  { times, hertz }: Pitch,
  seconds: number,
): void {
  context.strokeStyle = canvas.colour("--rl-line");
  context.lineWidth = 1;
  for (const tick of TICKS) {
    const y = Math.round(pitchY(tick, height)) + 0.5;
    context.beginPath();
    context.moveTo(0, y);
    context.lineTo(width, y);
    context.stroke();
  }
  context.beginPath();
  let last = -Infinity;
  for (const [i, time] of times.entries()) {
    const pitch = hertz[i] as number;
    if (Number.isNaN(pitch)) continue;
    const x = (time / seconds) * width;
    const y = pitchY(pitch, height);
    if (time - last > GAP) context.moveTo(x, y);
    context.lineTo(x, y);
    last = time;
  }
  context.lineCap = context.lineJoin = "round";
  // With a border, so that it stands out of the spectrogram.
  context.strokeStyle = canvas.colour("--rl-surface");
  context.lineWidth = 4.5;
  context.stroke();
  context.strokeStyle = canvas.colour("--rl-pitch");
  context.lineWidth = 2;
  context.stroke();
}
