// The headers of frames, in both directions. The kernel's half is widgets/console_service.py.

/** One line of the transcript; a later one with the same id replaces it. */
export interface Line {
  type: "line";
  id: string;
  role: "user" | "assistant";
  text: string;
  state: "partial" | "final" | "interrupted";
  /** How many characters were heard before an interruption. */
  heard?: number;
}

export type Activity = "idle" | "hearing" | "thinking" | "speaking";

export interface Status {
  session: "open" | "reconnecting" | "closed";
  model: string;
  voice: string;
  activity: Activity;
  hands_free: boolean;
  /** From the end of the user's turn to the first audio of the last reply. */
  latency_ms: number | null;
  problem: string;
}

export type FromKernel =
  | { type: "welcome"; status: Status; lines: Line[] }
  | ({ type: "status" } & Partial<Status>)
  | Line
  | { type: "audio"; item: string }
  | { type: "finish"; item: string }
  | { type: "stop"; at?: number }
  | { type: "pong"; sent: number; at: number };

export type ToKernel =
  | { type: "hello"; token: string }
  | { type: "mic"; seq: number; at: number }
  | { type: "commit" }
  | { type: "interrupt" }
  | { type: "say"; text: string }
  | { type: "hands_free"; on: boolean }
  | { type: "played"; item: string; seconds: number }
  | { type: "silent"; at: number }
  | { type: "ping"; sent: number }
  | { type: "bye" };
