// One call of the model: its arguments as they come, what was done with it, and what came of it.

import { element, setText } from "../dom.ts";
import { jsonNodes } from "../inspector/json_view.ts";
import type { ToolsController } from "./controller.ts";
import type { CallLine, CallStatus, Note, Refused } from "./messages.ts";
import { QuestionView } from "./question_view.ts";
import { parsed } from "./schema_model.ts";

export const STATES: { [status in CallStatus]: string } = {
  arriving: "Arguments arriving",
  running: "Running",
  asked: "Waiting for you",
  held: "Answer held back",
  answered: "Answered",
  failed: "Failed",
  denied: "Denied by you",
  cancelled: "Cancelled",
  incomplete: "Cut off by the model",
};
const UNDER_WAY: CallStatus[] = ["running", "held"];

export class CallCard {
  readonly element: HTMLElement;

  readonly #controller: ToolsController;
  readonly #state = element("span", { class: "rl-state" });
  readonly #time = element("span", { class: "rl-time" });
  readonly #cancel = element("button", { type: "button", class: "rl-link" }, "Cancel");
  readonly #arguments = element("pre", { class: "rl-json", "aria-label": "Arguments" });
  readonly #fit = element("p", { class: "rl-fit" });
  readonly #notes = element("ul", { class: "rl-notes", "aria-label": "What was done" });
  readonly #output = element("div", { class: "rl-output" });
  readonly #said = element("p", { class: "rl-said" });
  readonly #cut = element(
    "p",
    { class: "rl-quiet" },
    "Shown in part; the event log has all of it.",
  );
  #line: CallLine;
  #question: QuestionView | null = null;

  constructor(line: CallLine, controller: ToolsController) {
    this.#line = line;
    this.#controller = controller;
    this.#cancel.setAttribute("aria-label", `Cancel this call of ${line.name}`);
    this.#cancel.onclick = () => controller.send({ type: "cancel", call: this.#line.id });
    this.element = element(
      "article",
      { class: "rl-call", "aria-label": `Call of ${line.name}`, tabindex: "-1" },
      element(
        "header",
        { class: "rl-call-head" },
        element("code", { class: "rl-name" }, line.name),
        this.#state,
        this.#cancel,
        this.#time,
      ),
      this.#arguments,
      this.#fit,
      this.#notes,
      this.#output,
      this.#said,
      this.#cut,
    );
    this.show(line);
  }

  get status(): CallStatus {
    return this.#line.status;
  }

  show(line: CallLine): void {
    this.#line = line;
    const { status, seconds, problem } = line;
    this.element.dataset.status = status;
    setText(this.#state, STATES[status]);
    setText(
      this.#time,
      seconds === null ? `at ${line.at.toFixed(1)} s` : duration(line.at, seconds),
    );
    this.#cancel.hidden = !UNDER_WAY.includes(status);
    this.#showArguments();
    this.#fit.hidden = !problem;
    setText(this.#fit, problem ? `The arguments do not fit: ${problem}` : "");
    this.#showNotes(line.notes);
    this.#output.hidden = line.output === null;
    if (this.#output.dataset.shows !== (line.output ?? "")) {
      this.#output.dataset.shows = line.output ?? "";
      this.#output.replaceChildren(outputNodes(line.output ?? ""));
    }
    this.#said.hidden = !line.said;
    this.#said.replaceChildren(element("b", {}, "Model"), ` ${line.said}`);
    this.#cut.hidden = line.whole;
    this.#showQuestion();
  }

  showState(): void {
    this.#cancel.disabled = !this.#controller.isOpen;
    this.#question?.showState();
  }

  /** What was sent may not have arrived: it can be sent again. */
  reopen(): void {
    this.#question?.reopen();
  }

  showRefused(refused: Refused): void {
    this.#question?.showRefused(refused);
  }

  focusQuestion(): void {
    this.element.scrollIntoView({ block: "nearest" });
    this.#question?.focus();
  }

  #showArguments(): void {
    const { status, arguments: text } = this.#line;
    const shown = status === "arriving" ? text : pretty(text);
    if (this.#arguments.dataset.shows === `${shown}${status === "arriving"}`) return;
    this.#arguments.dataset.shows = `${shown}${status === "arriving"}`;
    const nodes = jsonNodes(shown);
    if (status === "arriving") nodes.push(element("span", { class: "rl-caret" }, "▍"));
    this.#arguments.replaceChildren(...nodes);
  }

  #showNotes(notes: Note[]): void {
    // Of a question that is open the card itself says so.
    const shown = notes.filter(({ kind }) => kind !== "asked");
    this.#notes.hidden = shown.length === 0;
    if (this.#notes.dataset.shows === JSON.stringify(shown)) return;
    this.#notes.dataset.shows = JSON.stringify(shown);
    this.#notes.replaceChildren(
      ...shown.map(({ at, text, kind }) =>
        element(
          "li",
          { "data-kind": kind },
          element("span", {}, text),
          element("span", { class: "rl-time" }, at === null ? "" : `${at.toFixed(1)} s`),
        ),
      ),
    );
  }

  #showQuestion(): void {
    const asked = this.#line.status === "asked";
    if (asked && !this.#question) {
      this.#question = new QuestionView(this.#line, this.#controller);
      this.#fit.after(this.#question.element);
      this.#question.showState();
    } else if (!asked && this.#question) {
      const hadFocus = this.#question.element.contains(document.activeElement);
      this.#question.element.remove();
      this.#question = null;
      // Who worked with the keyboard stays where she was.
      if (hadFocus) this.element.focus({ preventScroll: true });
    }
  }
}

export function outputNodes(output: string): HTMLElement {
  const box = element("pre", { class: "rl-json", "aria-label": "Output" });
  box.append(...(output ? jsonNodes(pretty(output)) : [element("i", {}, "empty")]));
  return box;
}

/** Short JSON on one line, longer JSON indented; what is no JSON as it is. */
function pretty(text: string): string {
  const value = parsed(text);
  if (value === undefined || typeof value !== "object" || value === null) return text;
  // Large numbers would lose digits: then the text stays as it is.
  if (/\d{16}/.test(text)) return text;
  return text.length <= 72 && !text.includes("\n") ? text : JSON.stringify(value, null, 2);
}

function duration(at: number, seconds: number): string {
  const took = seconds < 1 ? `${Math.round(1000 * seconds)} ms` : `${seconds.toFixed(2)} s`;
  return `${took} · at ${at.toFixed(1)} s`;
}
