// One display of the tool view.

import { element, setText, suppressShortcuts } from "../dom.ts";
import { CONNECTION_LOST, Notice } from "../notice.ts";
import { CallList } from "./call_list.ts";
import type { ToolsController, ToolsView } from "./controller.ts";
import type { CallLine, Refused, Tool, Tried } from "./messages.ts";
import { ToolList } from "./tool_list.ts";

export class ToolsPanel implements ToolsView {
  readonly element: HTMLElement;

  readonly #controller: ToolsController;
  readonly #tools: ToolList;
  readonly #calls: CallList;
  readonly #dot = element("span", { class: "rl-dot", "aria-hidden": "true" });
  readonly #facts = element("span", { class: "rl-quiet", role: "status" });
  readonly #waiting = element("button", { type: "button", class: "rl-button rl-waiting" });
  readonly #reconnect = element("button", { type: "button", class: "rl-button" }, "Reconnect");
  readonly #notice = new Notice(this.#reconnect);

  constructor(controller: ToolsController) {
    this.#controller = controller;
    this.#tools = new ToolList(controller);
    this.#calls = new CallList(controller);
    this.#reconnect.onclick = () => controller.reconnect();
    this.#waiting.onclick = () => {
      const [first] = controller.asked;
      if (first) this.#calls.focusQuestion(first.id);
    };
    this.element = element(
      "section",
      { class: "rl-widget rl-tools", "aria-label": "Tools of the session" },
      element(
        "header",
        { class: "rl-head" },
        this.#dot,
        element("strong", {}, "Tools"),
        this.#facts,
        this.#waiting,
      ),
      this.#notice.element,
      element("div", { class: "rl-body" }, this.#calls.element, this.#tools.element),
      this.#calls.captions,
    );
    suppressShortcuts(this.element);
    this.element.addEventListener("keydown", submitOnEnter);
    for (const tool of controller.tools.values()) this.showTool(tool);
    for (const line of controller.calls.values()) this.showCall(line);
    this.showState();
  }

  clear(): void {
    this.#tools.clear();
    this.#calls.clear();
  }

  showTool(tool: Tool): void {
    this.#tools.showTool(tool);
  }

  showCall(line: CallLine): void {
    this.#calls.showCall(line);
  }

  showTried(tried: Tried): void {
    this.#tools.showTried(tried);
  }

  showRefused(refused: Refused): void {
    this.#tools.showRefused(refused);
    this.#calls.showRefused(refused);
  }

  showState(): void {
    const { phase, session, asked } = this.#controller;
    const away = session === "reconnecting";
    this.#dot.dataset.state = phase === "open" ? (away ? "connecting" : session) : phase;
    setText(this.#facts, this.#factsText());
    this.#waiting.hidden = asked.length === 0;
    const what = asked.length === 1 ? "1 call waits for you" : `${asked.length} calls wait for you`;
    setText(this.#waiting, what);
    this.#notice.show(this.#noticeOf(), phase === "lost");
    this.#tools.showState();
    this.#calls.showState();
  }

  #factsText(): string {
    const { phase, session, tools, calls } = this.#controller;
    if (phase === "connecting") return "Connecting";
    if (phase === "waiting") return "Waiting for the kernel";
    if (phase === "lost") return "Disconnected";
    const facts = [counted(tools.size, "tool"), counted(calls.size, "call")];
    if (session === "closed") facts.push("session closed");
    if (session === "reconnecting") facts.push("reconnecting");
    return facts.join(" · ");
  }

  #noticeOf(): string {
    const { phase, path } = this.#controller;
    if (phase === "lost") return CONNECTION_LOST;
    if (phase === "waiting")
      return "The kernel is busy: the tools connect when the running cell is done.";
    if (path === "comm")
      return "No socket to the kernel could be opened: while a cell runs, what you do here waits.";
    return "";
  }
}

/** A notebook takes the Enter key for itself, so that no form is sent by it of its own accord. */
function submitOnEnter(event: KeyboardEvent): void {
  if (event.key !== "Enter" || event.isComposing) return;
  const target = event.target as HTMLElement;
  const isText = target instanceof HTMLInputElement && target.type === "text";
  const sends = isText || event.ctrlKey || event.metaKey;
  const form = sends && target.closest("form");
  if (form) {
    event.preventDefault();
    form.requestSubmit();
  } else if (isText) {
    // What is not in a form takes effect when it is left.
    target.blur();
    target.focus();
  }
}

function counted(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}
