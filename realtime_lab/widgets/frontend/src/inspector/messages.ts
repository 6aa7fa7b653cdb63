// What an inspector asks the kernel, and what it is answered. The kernel's half is
// widgets/inspector_answers.py. Times are in seconds from the start of the log.

export type Direction = "sent" | "received" | "local";
export type Side = "user" | "model";
export const SIDES = ["user", "model"] as const;

export interface Filter {
  types: string[];
  directions: Direction[];
  turn: number | null;
  response_id: string;
  text: string;
  /** Whether the pieces of a stream are one row. */
  folded: boolean;
}

export const EVERYTHING: Filter = {
  types: [],
  directions: [],
  turn: null,
  response_id: "",
  text: "",
  folded: true,
};

/** One event, or a run of pieces of a stream that is folded into its first. */
export interface Row {
  seq: number;
  at: number;
  direction: Direction;
  type: string;
  words: string;
  /** Bytes on the wire; of all pieces together. */
  size: number;
  turn: number | null;
  response: string;
  pieces: number;
  /** When the last piece came. */
  until: number;
}

/** Rows as they travel: a column each, names of types once. */
export interface Columns {
  types: string[];
  seq: number[];
  at: number[];
  direction: string;
  type: number[];
  words: string[];
  size: number[];
  turn: (number | null)[];
  response: string[];
  pieces: number[];
  until: number[];
}

/** What the log is, as far as it goes. */
export interface Summary {
  events: number;
  /** To the last event, or the end of the last span. */
  seconds: number;
  /** To the last sample: speech that nobody played may go on after the last event. */
  length: number;
  /** Samples a second of both sides. */
  rate: number;
  dialect: string;
  /** Time of day at the start, in UTC. */
  started: string;
  turns: number;
  types: [name: string, count: number][];
  /** What a reader should know: lost lines, a journal that could not go on. */
  notes: string[];
}

export interface Related {
  seq: number;
  at: number;
  type: string;
  direction: Direction;
  words: string;
}

export interface EventDetail {
  seq: number;
  at: number;
  /** Time of day, in UTC. */
  wall: string;
  direction: Direction;
  type: string;
  turn: number | null;
  response: string;
  item: string;
  size: number;
  /** Which piece it is of the run that it is folded into, from 1, and of how many. */
  piece: number;
  pieces: number;
  /** Indented, redacted, audio told by its length. */
  json: string;
  causes: Related[];
  consequences: Related[];
}

export interface Span {
  lane: Lane;
  start: number;
  /** Where it is now, while it is under way. */
  end: number;
  open: boolean;
  text: string;
  turn: number | null;
  item: string;
  response: string;
  /** The event that it begins with. */
  seq: number;
  /** How many spans this one stands for, where they are too short to be told apart. */
  merged: number;
}

/** Spans as they travel; `open` are the numbers of those that are under way. */
export interface SpanColumns {
  lane: Lane[];
  start: number[];
  end: number[];
  open: number[];
  text: string[];
  turn: (number | null)[];
  item: string[];
  response: string[];
  seq: number[];
  merged: number[];
}

export type Lane = "user" | "vad" | "response" | "sent" | "played" | "tools";

export interface Questions {
  open: { asks: object; answer: Summary };
  count: { asks: { filter: Filter }; answer: { total: number } };
  rows: { asks: { filter: Filter; first: number; count: number }; answer: Columns };
  pieces: { asks: { head: number; first: number; count: number }; answer: Columns };
  /** The row of an event, or the last one before it where the filter keeps it from the table. */
  position: {
    asks: { filter: Filter; seq: number };
    answer: { row: number; piece: number; at: number; hidden: boolean };
  };
  /** The last event at that time. */
  moment: { asks: { at: number }; answer: { seq: number } };
  find: {
    asks: { filter: Filter; text: string; seq: number; backwards: boolean };
    answer: { seq: number | null };
  };
  event: { asks: { seq: number }; answer: EventDetail };
  histogram: {
    asks: { filter: Filter; bins: number };
    answer: { end: number; counts: number[]; errors: number[] };
  };
  spans: {
    asks: { start: number; end: number; pixels: number };
    answer: SpanColumns;
  };
  /** Lowest and highest sample of each bucket, as signed bytes, a buffer for each side with sound. */
  peaks: {
    asks: { start: number; end: number; buckets: number };
    answer: { sides: Side[] };
  };
  /** PCM16, one buffer for each side that is not silent all the time. */
  audio: { asks: { start: number; seconds: number }; answer: { sides: Side[] } };
}

/** What the kernel tells without being asked. */
export type News =
  | { type: "grown"; events: number; seconds: number }
  /** More of the spans and the waveforms can be had. */
  | { type: "measured" };

export function rowsOf(columns: Columns): Row[] {
  const directions: { [letter: string]: Direction } = { s: "sent", r: "received", l: "local" };
  return columns.seq.map((seq, i) => ({
    seq,
    at: columns.at[i] as number,
    direction: directions[columns.direction[i] as string] ?? "local",
    type: columns.types[columns.type[i] as number] ?? "",
    words: columns.words[i] as string,
    size: columns.size[i] as number,
    turn: columns.turn[i] ?? null,
    response: columns.response[i] as string,
    pieces: columns.pieces[i] as number,
    until: columns.until[i] as number,
  }));
}

export function spansOf(columns: SpanColumns): Span[] {
  const open = new Set(columns.open);
  return columns.lane.map((lane, i) => ({
    lane,
    start: columns.start[i] as number,
    end: columns.end[i] as number,
    open: open.has(i),
    text: columns.text[i] as string,
    turn: columns.turn[i] ?? null,
    item: columns.item[i] as string,
    response: columns.response[i] as string,
    seq: columns.seq[i] as number,
    merged: columns.merged[i] as number,
  }));
}
