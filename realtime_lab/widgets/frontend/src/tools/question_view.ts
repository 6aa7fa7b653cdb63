// A call that waits for a person: approve it, deny it, change its arguments, or answer for the tool.

import { element } from "../dom.ts";
import type { ToolsController } from "./controller.ts";
import type { CallLine, Refused } from "./messages.ts";
import { SchemaForm } from "./schema_form.ts";
import { type Json, parsed } from "./schema_model.ts";

const LONGEST_DELAY = 10;
const LONGEST_CHIP = 60;

type Open = "" | "edit" | "deny" | "answer";

export class QuestionView {
  readonly element: HTMLElement;

  readonly #line: CallLine;
  readonly #controller: ToolsController;
  readonly #buttons: { [open in Exclude<Open, "">]: HTMLButtonElement };
  readonly #approve: HTMLButtonElement;
  readonly #edit = element("form", { class: "rl-part" });
  readonly #deny = element("form", { class: "rl-part rl-inline" });
  readonly #answer = element("form", { class: "rl-part" });
  readonly #problem = element("p", { class: "rl-problem", role: "alert" });
  readonly #reply = element("textarea", {
    class: "rl-input rl-code",
    rows: "2",
    placeholder: "Text or JSON that the model is told",
    spellcheck: "false",
  });
  readonly #delay = element("input", {
    type: "range",
    min: "0",
    max: String(LONGEST_DELAY),
    step: "0.5",
  });
  #form: SchemaForm | null = null;
  #isSent = false;
  /** How long the answer is held back. */
  #seconds: number;

  constructor(line: CallLine, controller: ToolsController) {
    this.#line = line;
    this.#seconds = line.delay;
    this.#controller = controller;
    const byHand = line.how === "by_hand";
    this.#approve = button(byHand ? "Let the tool answer" : "Approve", !byHand, () =>
      this.#send(() => controller.send({ type: "approve", call: line.id })),
    );
    this.#buttons = {
      answer: button("Answer instead", false, () => this.#toggle("answer")),
      edit: button("Edit the arguments", false, () => this.#toggle("edit")),
      deny: button("Deny", false, () => this.#toggle("deny")),
    };
    this.#buttons.answer.hidden = byHand;
    this.#makeAnswer();
    this.#makeDeny();
    this.#problem.hidden = true;
    const { answer, edit, deny } = this.#buttons;
    const actions = element("div", { class: "rl-actions" }, this.#approve, edit, deny, answer);
    const parts = byHand ? [this.#answer, actions] : [actions, this.#answer];
    this.element = element(
      "div",
      { class: "rl-question", role: "group", "aria-label": `Your answer to ${line.name}` },
      ...parts,
      this.#edit,
      this.#deny,
      this.#problem,
    );
    this.#open(byHand ? "answer" : "");
    this.element.onkeydown = (event) => this.#key(event);
  }

  showState(): void {
    const can = this.#controller.isOpen && !this.#isSent;
    for (const control of this.element.querySelectorAll<HTMLButtonElement>("button"))
      control.disabled = !can;
  }

  /** What was sent may not have arrived. */
  reopen(): void {
    this.#isSent = false;
    this.showState();
  }

  /** The kernel could not do what was asked: the question is open again. */
  showRefused({ what, problem, path }: Refused): void {
    this.reopen();
    if (what === "edit" && this.#form) {
      this.#form.showProblem(path, problem);
      return;
    }
    this.#problem.textContent = problem;
    this.#problem.hidden = false;
  }

  focus(): void {
    (this.#line.how === "by_hand" ? this.#reply : this.#approve).focus();
  }

  // -- parts ------------------------------------------------------------------------------------

  #makeAnswer(): void {
    const { name, replies, delay } = this.#line;
    this.#reply.setAttribute("aria-label", `The answer in place of ${name}`);
    this.#answer.setAttribute("aria-label", `Answer for ${name}`);
    const chips = replies.map((reply) => {
      const chip = element("button", { type: "button", class: "rl-chip rl-reply", title: reply });
      chip.textContent = reply.length > LONGEST_CHIP ? `${reply.slice(0, LONGEST_CHIP)}…` : reply;
      chip.onclick = () => this.#sendAnswer(reply);
      return chip;
    });
    const shown = element("output", { class: "rl-delay-shown" });
    const show = () => {
      shown.textContent = this.#seconds ? `${Number(this.#seconds.toFixed(2))} s` : "at once";
      this.#delay.setAttribute("aria-valuetext", shown.textContent);
    };
    if (delay > LONGEST_DELAY) this.#delay.max = String(Math.ceil(delay));
    // The slider has steps; until it is moved the delay is the mode's own.
    this.#delay.value = String(delay);
    this.#delay.oninput = () => {
      this.#seconds = Number(this.#delay.value);
      show();
    };
    show();
    const send = button("Send the answer", true);
    send.type = "submit";
    send.title = "Ctrl+Enter";
    const quick = element("div", { class: "rl-replies", role: "group", "aria-label": "Replies" });
    quick.append(...chips);
    quick.hidden = chips.length === 0;
    this.#answer.append(
      quick,
      this.#reply,
      element(
        "div",
        { class: "rl-actions" },
        send,
        element("label", { class: "rl-delay" }, "Told after", this.#delay, shown),
      ),
    );
    this.#answer.onsubmit = (event) => {
      event.preventDefault();
      this.#sendAnswer(this.#reply.value);
    };
  }

  #makeDeny(): void {
    const reason = element("input", {
      class: "rl-input",
      type: "text",
      placeholder: "Reason, which the model is told",
      "aria-label": "Reason, which the model is told",
      autocomplete: "off",
    });
    const send = button("Deny the call", true);
    send.type = "submit";
    this.#deny.append(reason, send);
    this.#deny.onsubmit = (event) => {
      event.preventDefault();
      this.#send(() =>
        this.#controller.send({ type: "deny", call: this.#line.id, reason: reason.value }),
      );
    };
  }

  #makeEdit(): void {
    if (this.#form) return;
    const schema = this.#controller.tools.get(this.#line.name)?.parameters ?? {};
    const value = parsed(this.#line.arguments || "{}");
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    this.#form = new SchemaForm(schema, isObject ? (value as Json) : {});
    const send = button("Call with these", true);
    send.type = "submit";
    this.#edit.append(this.#form.element, element("div", { class: "rl-actions" }, send));
    this.#edit.onsubmit = (event) => {
      event.preventDefault();
      const text = this.#form?.take();
      if (typeof text !== "string") return;
      this.#send(() =>
        this.#controller.send({ type: "edit", call: this.#line.id, arguments: text }),
      );
    };
  }

  // -- doing ------------------------------------------------------------------------------------

  #toggle(open: Exclude<Open, "">): void {
    const isOpen = this.#buttons[open].getAttribute("aria-expanded") === "true";
    this.#open(isOpen ? "" : open);
    if (isOpen) return;
    this.element.scrollIntoView({ block: "nearest" });
    if (open === "edit") this.#form?.focus();
    else if (open === "deny") this.#deny.querySelector("input")?.focus();
    else this.#reply.focus();
  }

  #open(open: Open): void {
    if (open === "edit") this.#makeEdit();
    const byHand = this.#line.how === "by_hand";
    this.#edit.hidden = open !== "edit";
    this.#deny.hidden = open !== "deny";
    this.#answer.hidden = !byHand && open !== "answer";
    for (const [name, control] of Object.entries(this.#buttons))
      control.setAttribute("aria-expanded", String(name === open));
  }

  #sendAnswer(output: string): void {
    const delay = this.#seconds;
    this.#send(() => this.#controller.send({ type: "answer", call: this.#line.id, output, delay }));
  }

  #send(send: () => void): void {
    if (this.#isSent || !this.#controller.isOpen) return;
    this.#isSent = true;
    this.#problem.hidden = true;
    // What is too long to be sent is refused at once.
    send();
    this.showState();
  }

  #key(event: KeyboardEvent): void {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    this.#open(this.#line.how === "by_hand" ? "answer" : "");
    this.focus();
  }
}

function button(label: string, primary: boolean, press?: () => void): HTMLButtonElement {
  const made = element("button", {
    type: "button",
    class: primary ? "rl-button rl-primary" : "rl-button",
  });
  made.textContent = label;
  if (press) made.onclick = press;
  return made;
}
