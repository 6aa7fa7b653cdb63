// Draws the part of the timeline that is in view.

import type { Brush, Canvas } from "./canvas.ts";
import { clockTime } from "./format.ts";
import { LANES_HEIGHT, LAYOUT, type LaneLayout, RULER_HEIGHT, SPAN_HEIGHT } from "./lanes.ts";
import type { Span } from "./messages.ts";
import type { TimeAxis } from "./time_axis.ts";
import type { TimelineData } from "./timeline_data.ts";
import { drawWaveform } from "./waveform.ts";

const PADDING = 5;
const LEAST_LABEL = 26;

export interface Marks {
  selected: number | null;
  /** Ids that the selected event is about: their spans stand out. */
  item: string;
  response: string;
  hovered: Span | null;
}

export function paintTimeline(
  { context, width }: Brush,
  canvas: Canvas,
  axis: TimeAxis,
  data: TimelineData,
  marks: Marks,
): void {
  const font = getComputedStyle(canvas.element).fontFamily;
  context.textBaseline = "middle";
  for (const lane of LAYOUT) {
    context.fillStyle = canvas.colour("--rl-lane");
    context.fillRect(0, lane.top, width, lane.height);
  }
  paintRuler(context, canvas, axis, font);
  for (const lane of LAYOUT) {
    const colour = canvas.colour(`--rl-${lane.lane}`);
    const peaks = lane.side && data.peaks.get(lane.side);
    if (peaks) {
      context.fillStyle = colour;
      const top = lane.top + SPAN_HEIGHT;
      drawWaveform(context, axis, peaks, top + 1, lane.height - SPAN_HEIGHT - 2);
    }
    context.font = `11px ${font}`;
    const spans = data.spans.filter((span) => span.lane === lane.lane);
    for (const [i, span] of spans.entries()) {
      const next = axis.x(spans[i + 1]?.start ?? axis.limit);
      paintSpan(context, canvas, axis, span, next, lane, colour, marks);
    }
  }
  if (marks.selected !== null) {
    const x = Math.round(axis.x(marks.selected));
    context.fillStyle = canvas.colour("--rl-accent");
    context.fillRect(x, RULER_HEIGHT - 4, 1, LANES_HEIGHT);
    context.beginPath();
    context.moveTo(x - 4, RULER_HEIGHT - 7);
    context.lineTo(x + 5, RULER_HEIGHT - 7);
    context.lineTo(x + 0.5, RULER_HEIGHT);
    context.fill();
  }
}

function paintRuler(
  context: CanvasRenderingContext2D,
  canvas: Canvas,
  axis: TimeAxis,
  font: string,
): void {
  const { step, times } = axis.ticks();
  context.font = `11px ${font}`;
  context.textAlign = "left";
  for (const time of times) {
    const x = Math.round(axis.x(time));
    context.fillStyle = canvas.colour("--rl-line");
    context.fillRect(x, RULER_HEIGHT - 6, 1, LANES_HEIGHT);
    context.fillStyle = canvas.colour("--rl-quiet");
    const label = clockTime(time, step);
    if (x + context.measureText(label).width + 3 < axis.width) {
      context.fillText(label, x + 3, RULER_HEIGHT / 2);
    }
  }
}

function paintSpan(
  context: CanvasRenderingContext2D,
  canvas: Canvas,
  axis: TimeAxis,
  span: Span,
  /** Where the next one begins, in pixels. */
  next: number,
  lane: LaneLayout,
  colour: string,
  marks: Marks,
): void {
  const left = Math.max(-2, axis.x(span.start));
  const right = Math.min(axis.width + 2, axis.x(span.end));
  if (right < -1 || left > axis.width + 1) return;
  const wide = Math.max(2, right - left);
  const related =
    (span.item !== "" && span.item === marks.item) ||
    (span.response !== "" && span.response === marks.response);
  const strong = span === marks.hovered || related;
  context.fillStyle = colour;
  context.globalAlpha = strong ? 0.42 : 0.22;
  context.fillRect(left, lane.top, wide, SPAN_HEIGHT);
  context.globalAlpha = 1;
  context.fillRect(left, lane.top, 2, SPAN_HEIGHT);
  context.fillRect(left, lane.top + SPAN_HEIGHT - 1, wide, 1);
  // What takes no time, such as words that were typed, has its text behind it.
  const room = span.end === span.start ? next - left : wide;
  if (room < LEAST_LABEL) return;
  const text = span.merged > 1 ? `${span.merged} ×` : span.text;
  context.fillStyle = canvas.colour("--rl-text");
  context.fillText(
    fitting(context, text, room - 2 * PADDING),
    left + PADDING,
    lane.top + SPAN_HEIGHT / 2,
  );
}

/** As much of the text as fits, by halves: measuring is what costs. */
function fitting(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text;
  let short = 0;
  let long = Math.min(text.length, Math.ceil(room));
  while (short < long) {
    const middle = Math.ceil((short + long) / 2);
    if (context.measureText(`${text.slice(0, middle)}…`).width <= room) short = middle;
    else long = middle - 1;
  }
  return short ? `${text.slice(0, short)}…` : "";
}
