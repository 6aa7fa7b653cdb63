// All calls, the newest at the end, kept in view while the reader looks at the end.

import { element } from "../dom.ts";
import { CallCard, STATES } from "./call_card.ts";
import type { ToolsController } from "./controller.ts";
import type { CallLine, Refused } from "./messages.ts";

/** As many as the kernel keeps (widgets/tool_feed.py). */
const MOST_CALLS = 200;

export class CallList {
  readonly element = element("div", {
    class: "rl-calls",
    role: "log",
    "aria-label": "Calls",
    "aria-live": "off",
    tabindex: "0",
  });
  /** What a listener needs to know: a question, and how each call ended. */
  readonly captions = element("div", { class: "rl-unseen", "aria-live": "polite" });

  readonly #controller: ToolsController;
  readonly #cards = new Map<string, CallCard>();
  readonly #empty = element("p", { class: "rl-empty" }, "The model has called no tool yet.");

  constructor(controller: ToolsController) {
    this.#controller = controller;
    this.element.append(this.#empty);
  }

  clear(): void {
    // The cards stay, and what is typed into them: a connection that comes back must not lose it.
    for (const card of this.#cards.values()) card.reopen();
  }

  showCall(line: CallLine): void {
    const atEnd = this.#isAtEnd();
    const before = this.#cards.get(line.id)?.status;
    let card = this.#cards.get(line.id);
    if (card) card.show(line);
    else {
      this.#empty.remove();
      card = new CallCard(line, this.#controller);
      this.#cards.set(line.id, card);
      this.element.append(card.element);
      this.#dropOldest();
    }
    card.showState();
    if (atEnd) this.element.scrollTop = this.element.scrollHeight;
    if (before !== undefined && before !== line.status && line.status !== "running")
      this.captions.textContent = `${line.name}: ${STATES[line.status]}`;
  }

  showState(): void {
    for (const card of this.#cards.values()) card.showState();
  }

  showRefused(refused: Refused): void {
    this.#cards.get(refused.about)?.showRefused(refused);
  }

  focusQuestion(call: string): void {
    this.#cards.get(call)?.focusQuestion();
  }

  #dropOldest(): void {
    const [oldest] = this.#cards;
    if (!oldest || this.#cards.size <= MOST_CALLS) return;
    oldest[1].element.remove();
    this.#cards.delete(oldest[0]);
  }

  #isAtEnd(): boolean {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    return scrollHeight - scrollTop - clientHeight < 48;
  }
}
