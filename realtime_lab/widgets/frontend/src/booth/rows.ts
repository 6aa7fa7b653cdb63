// The rows of the table: a voice each, with the takes it has; how they are grouped and sorted.

import type { TakeFacts } from "./messages.ts";

export interface Row {
  source: string;
  voice: string;
  /** Numbers of its takes. */
  takes: number[];
}

export type Grouping = "source" | "voice" | "none";

export interface Sorting {
  /** The name of a measure, or "voice". */
  by: string;
  descending: boolean;
}

export interface Group {
  /** Empty where rows are not grouped. */
  title: string;
  rows: Row[];
}

/** A row for each voice of each source, in the order of their first takes. */
export function rowsOf(takes: readonly TakeFacts[]): Row[] {
  const rows = new Map<string, Row>();
  for (const [id, { source, voice }] of takes.entries()) {
    const key = JSON.stringify([source, voice]);
    const row = rows.get(key) ?? { source, voice, takes: [] };
    row.takes.push(id);
    rows.set(key, row);
  }
  return [...rows.values()];
}

/** The take of a row that says a text, for the so-manieth time if there is such a one. */
export function takeOf(
  row: Row,
  takes: readonly TakeFacts[],
  text: number,
  repeat: number,
): number | null {
  const all = row.takes.filter((id) => takes[id]?.text === text);
  return all.find((id) => takes[id]?.repeat === repeat) ?? all[0] ?? null;
}

/** `value` is what a row is sorted by; rows without one come last, whatever the direction. */
export function arranged(
  rows: readonly Row[],
  grouping: Grouping,
  sorting: Sorting,
  value: (row: Row) => number | null,
): Group[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const title = grouping === "none" ? "" : row[grouping];
    groups.set(title, [...(groups.get(title) ?? []), row]);
  }
  const sign = sorting.descending ? -1 : 1;
  const compare =
    sorting.by === "voice"
      ? (a: Row, b: Row) => sign * a.voice.localeCompare(b.voice)
      : (a: Row, b: Row) => {
          const [one, other] = [value(a), value(b)];
          if (one === null || other === null) return Number(one === null) - Number(other === null);
          return sign * (one - other);
        };
  return [...groups].map(([title, own]) => ({
    title,
    rows: sorting.by ? own.toSorted(compare) : own,
  }));
}

/** Standard deviation of a sample; null of fewer than two. */
export function deviation(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
