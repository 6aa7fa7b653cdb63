// What a browser test or a benchmark can read: the newest console's account of its own audio, as
// `globalThis.__realtimeLab`. Nothing else in the page uses it.

import type { PathName } from "./paths.ts";

export interface Record {
  path: PathName | null;
  /** Root mean square of the last 50 ms played, and the highest so far. */
  level: number;
  peakLevel: number;
  underruns: number;
  /** Seconds heard, by item. */
  positions: { [item: string]: number };
  /** For each stop from the kernel: when the kernel sent it, when it came, when it was silent. */
  stops: { sent: number | null; received: number; silent: number | null }[];
  /** Round trips of a ping: sent and received here, answered there (epoch milliseconds). */
  pings: { sent: number; at: number; received: number }[];
  /** Ask the kernel for the time. */
  ping(): void;
}

export function recorder(ping: () => void) {
  const record: Record = {
    path: null,
    level: 0,
    peakLevel: 0,
    underruns: 0,
    positions: {},
    stops: [],
    pings: [],
    ping,
  };
  (globalThis as { __realtimeLab?: Record }).__realtimeLab = record;
  return {
    path(path: PathName | null): void {
      record.path = path;
    },
    heard(level: number, underruns: number): void {
      record.level = level;
      record.peakLevel = Math.max(record.peakLevel, level);
      record.underruns = underruns;
    },
    position(item: string, seconds: number): void {
      record.positions[item] = seconds;
    },
    stop(sent: number | undefined): void {
      record.stops.push({ sent: sent ?? null, received: Date.now(), silent: null });
    },
    silent(at: number): void {
      const last = record.stops.at(-1);
      if (last) last.silent ??= at;
    },
    pong({ sent, at }: { sent: number; at: number }): void {
      record.pings.push({ sent, at, received: Date.now() });
    },
  };
}
