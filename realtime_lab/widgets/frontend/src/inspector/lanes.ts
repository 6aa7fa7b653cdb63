// The lanes of the timeline, from top to bottom, and which span is at a point.

import type { Lane, Side, Span } from "./messages.ts";

export interface LaneLayout {
  lane: Lane;
  label: string;
  /** What it shows, for those who hover over its name. */
  note: string;
  /** Whose waveform is drawn below its spans. */
  side: Side | null;
  top: number;
  height: number;
}

const GAP = 4;
export const SPAN_HEIGHT = 18;
export const RULER_HEIGHT = 22;
const LINE = { side: null, height: SPAN_HEIGHT } as const;
const WITH_WAVEFORM = SPAN_HEIGHT + 34;
const LANES: Omit<LaneLayout, "top">[] = [
  {
    lane: "user",
    label: "User speech",
    note: "From the first to the last word, and the audio that was sent",
    side: "user",
    height: WITH_WAVEFORM,
  },
  {
    lane: "vad",
    label: "VAD",
    note: "From the moment speech_started came to that of speech_stopped",
    ...LINE,
  },
  { lane: "response", label: "Response", note: "From response.created to response.done", ...LINE },
  {
    lane: "sent",
    label: "Audio sent",
    note: "While the service sent the speech of an item; faster than it is spoken",
    ...LINE,
  },
  {
    lane: "played",
    label: "Audio played",
    note: "While an item was played, and the model's audio; as it came, where nobody played it",
    side: "model",
    height: WITH_WAVEFORM,
  },
  { lane: "tools", label: "Tools", note: "From the call of a tool to its output", ...LINE },
];

export const LAYOUT: readonly LaneLayout[] = LANES.map((lane, i) => ({
  ...lane,
  top: LANES.slice(0, i).reduce((sum, { height }) => sum + height + GAP, RULER_HEIGHT + GAP),
}));

const last = LAYOUT.at(-1) as LaneLayout;
export const LANES_HEIGHT = last.top + last.height + GAP;

export function laneAt(y: number): LaneLayout | undefined {
  return LAYOUT.find(({ top, height }) => y >= top && y < top + height + GAP);
}

/** The span of a lane at a time, give or take `slack` seconds; of several, the shortest. */
export function spanAt(
  spans: readonly Span[],
  lane: Lane,
  time: number,
  slack: number,
): Span | undefined {
  const here = spans.filter(
    (span) => span.lane === lane && span.start - slack <= time && span.end + slack >= time,
  );
  return here.sort((a, b) => a.end - a.start - (b.end - b.start))[0];
}
