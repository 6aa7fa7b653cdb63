// One per widget, however often it is displayed: the connection, and what is known of the tools and
// their calls. Views show its state and call its commands.

import type { AnyModel } from "@anywidget/types";
import { Connection, type Phase } from "../connection.ts";
import type { PathName } from "../paths.ts";
import type {
  CallLine,
  FromKernel,
  Mode,
  Refused,
  SessionState,
  ToKernel,
  Tool,
  Tried,
} from "./messages.ts";

export interface ToolsView {
  showState(): void;
  showTool(tool: Tool): void;
  showCall(line: CallLine): void;
  showTried(tried: Tried): void;
  showRefused(refused: Refused): void;
  /** Everything is told anew. */
  clear(): void;
}

export class ToolsController {
  phase: Phase = "connecting";
  path: PathName | null = null;
  session: SessionState = "open";
  readonly tools = new Map<string, Tool>();
  readonly calls = new Map<string, CallLine>();

  readonly #views = new Set<ToolsView>();
  readonly #connection: Connection<FromKernel, ToKernel>;

  constructor(model: AnyModel) {
    this.#connection = new Connection<FromKernel, ToKernel>(model, {
      phase: (phase, path) => {
        this.phase = phase;
        this.path = path;
        this.#showState();
      },
      frame: (header) => this.#receive(header),
    });
    this.#connection.open();
  }

  get isOpen(): boolean {
    return this.phase === "open";
  }

  /** The calls that wait for a person. */
  get asked(): CallLine[] {
    return [...this.calls.values()].filter(({ status }) => status === "asked");
  }

  send(message: ToKernel): void {
    try {
      this.#connection.send(message);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const about = "call" in message ? message.call : message.tool;
      const problem = "This is too long to be sent from here; use lab.tools in a cell.";
      this.#receive({ type: "refused", about, what: message.type, problem, path: "" });
    }
  }

  setMode(tool: string, mode: Mode): void {
    this.send({ type: "mode", tool, mode });
  }

  reconnect(): void {
    this.#connection.open();
  }

  attach(view: ToolsView): () => void {
    this.#views.add(view);
    return () => this.#views.delete(view);
  }

  close(): void {
    this.#connection.close();
  }

  #receive(message: FromKernel): void {
    switch (message.type) {
      case "welcome":
        this.session = message.session;
        this.tools.clear();
        this.calls.clear();
        for (const view of this.#views) view.clear();
        break;
      case "tool":
        this.tools.set(message.name, message);
        for (const view of this.#views) view.showTool(message);
        break;
      case "call":
        this.calls.set(message.id, message);
        for (const view of this.#views) view.showCall(message);
        this.#showState();
        break;
      case "more": {
        const line = this.calls.get(message.id);
        if (!line) break;
        line[message.field] += message.text;
        for (const view of this.#views) view.showCall(line);
        break;
      }
      case "complete":
        this.#showState();
        break;
      case "mode": {
        const tool = this.tools.get(message.tool);
        if (!tool) break;
        tool.mode = message.mode;
        for (const view of this.#views) view.showTool(tool);
        break;
      }
      case "status":
        this.session = message.session;
        this.#showState();
        break;
      case "tried":
        for (const view of this.#views) view.showTried(message);
        break;
      case "refused":
        for (const view of this.#views) view.showRefused(message);
        break;
    }
  }

  #showState(): void {
    for (const view of this.#views) view.showState();
  }
}
