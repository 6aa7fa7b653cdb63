// The headers of frames between the tool view and the kernel. The kernel's half is
// widgets/tool_links.py and widgets/tool_feed.py. Times are in seconds from the start of the log.

import type { Json, Schema } from "./schema_model.ts";

export const KINDS = ["automatic", "ask_first", "by_hand", "canned", "failing", "delayed"] as const;
export type Kind = (typeof KINDS)[number];

/** A mode as toolbench/modes/kinds.py describes it. */
export interface Mode {
  kind: Kind;
  /** Too long to be shown: the kind alone is known here. */
  is_long?: boolean;
  [setting: string]: Json | undefined;
}

export interface Tool {
  type: "tool";
  name: string;
  description: string;
  parameters: Schema;
  mode: Mode;
}

export type CallStatus =
  | "arriving"
  | "running"
  | "asked"
  | "held"
  | "answered"
  | "failed"
  | "denied"
  | "cancelled"
  | "incomplete";

export interface Note {
  at: number | null;
  kind: string;
  text: string;
}

/** One call of the model; a later one with the same id replaces it. */
export interface CallLine {
  type: "call";
  id: string;
  name: string;
  response: string;
  at: number;
  status: CallStatus;
  arguments: string;
  /** What is wrong with the arguments; empty if nothing is. */
  problem: string;
  /** `by_hand` or `ask_first`, once a person was asked. */
  how: string;
  replies: string[];
  delay: number;
  notes: Note[];
  output: string | null;
  seconds: number | null;
  said: string;
  /** Whether all texts are here in full. */
  whole: boolean;
}

export interface Tried {
  type: "tried";
  tool: string;
  output: string;
  error: string | null;
  seconds: number;
}

export interface Refused {
  type: "refused";
  /** The call or the tool. */
  about: string;
  /** The type of the message that was refused. */
  what: string;
  problem: string;
  /** The argument that is to blame, as `place.city`; empty if none is. */
  path: string;
}

export type SessionState = "open" | "reconnecting" | "closed";

export type FromKernel =
  | { type: "welcome"; session: SessionState }
  | Tool
  | CallLine
  /** One more piece of a text of a call. */
  | { type: "more"; id: string; field: "arguments" | "said"; text: string }
  /** After all that there is was told. */
  | { type: "complete" }
  | { type: "mode"; tool: string; mode: Mode }
  | { type: "status"; session: SessionState }
  | Tried
  | Refused;

export type ToKernel =
  | { type: "answer"; call: string; output: string; delay: number }
  | { type: "approve"; call: string }
  | { type: "deny"; call: string; reason: string }
  | { type: "edit"; call: string; arguments: string }
  | { type: "cancel"; call: string }
  | { type: "mode"; tool: string; mode: Mode }
  | { type: "try"; tool: string; arguments: string };
