// The switch for the mode of a tool, and what can be set in each mode.

import { element } from "../dom.ts";
import { KINDS, type Kind, type Mode } from "./messages.ts";
import type { Json } from "./schema_model.ts";

const NAMES: { [kind in Kind]: string } = {
  automatic: "Automatic",
  ask_first: "Ask me first",
  by_hand: "I answer by hand",
  canned: "Canned replies",
  failing: "Fail on purpose",
  delayed: "Delayed",
};
/** What a mode begins with when it is chosen here. */
const FIRST: { [kind in Kind]: { [setting: string]: Json } } = {
  automatic: {},
  ask_first: {},
  by_hand: {},
  canned: { replies: ['{"ok": true}'] },
  failing: {},
  delayed: { low: 2, high: 2 },
};
const FAILURES: [how: string, name: string][] = [
  ["error", "An error with this text"],
  ["exception", "An exception with this text"],
  ["malformed", "This text in place of JSON"],
  ["timeout", "A timeout"],
  ["silence", "No answer at all"],
];

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

export class ModeView {
  readonly select = element("select", { class: "rl-input rl-select rl-mode" });
  readonly settings = element("div", { class: "rl-settings" });
  /** Opens the settings, where the mode has any. */
  readonly button = element("button", { type: "button", class: "rl-button" }, "Settings");

  readonly #set: (mode: Mode) => void;
  readonly #controls = new Map<string, Control>();
  #mode: Mode = { kind: "automatic" };

  constructor(tool: string, set: (mode: Mode) => void) {
    this.#set = set;
    this.select.setAttribute("aria-label", `How calls of ${tool} are answered`);
    this.select.append(...KINDS.map((kind) => element("option", { value: kind }, NAMES[kind])));
    this.select.onchange = () => {
      const kind = this.select.value as Kind;
      if (kind === this.#mode.kind) return;
      this.#setOpen(kind !== "automatic");
      this.#set({ kind, ...FIRST[kind] });
    };
    this.button.setAttribute("aria-label", `Settings of the mode of ${tool}`);
    this.button.onclick = () => this.#setOpen(Boolean(this.settings.hidden));
    this.#setOpen(false);
  }

  show(mode: Mode): void {
    const isSame = mode.kind === this.#mode.kind;
    const active = document.activeElement;
    // What somebody is typing into is left alone.
    const untouched = [...this.#controls].filter(
      ([setting, control]) => control !== active || control.value === this.#shown(setting),
    );
    this.#mode = mode;
    this.select.value = mode.kind;
    if (isSame && this.settings.contains(active)) {
      for (const [setting, control] of untouched) control.value = this.#shown(setting);
      return;
    }
    this.#controls.clear();
    const rows = mode.is_long
      ? [note("Its settings are too long to be shown here.")]
      : this.#rows();
    this.settings.replaceChildren(...rows);
    this.button.hidden = rows.length === 0;
    if (this.button.hidden) this.#setOpen(false);
  }

  #setOpen(open: boolean): void {
    this.settings.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
  }

  #rows(): HTMLElement[] {
    const mode = this.#mode;
    switch (mode.kind) {
      case "automatic":
        return [
          this.#number("tries", "Tries", "1"),
          this.#number("backoff", "Seconds before the second try", "0.1"),
          this.#number("timeout", "Seconds a try may take", "1", "no limit"),
        ];
      case "delayed":
        return [
          this.#number("low", "Seconds at least", "0.1"),
          this.#number("high", "Seconds at most", "0.1"),
          ...(this.#then() ? [note(`Then: ${NAMES[this.#then() as Kind].toLowerCase()}.`)] : []),
        ];
      case "by_hand":
        return [
          this.#lines("replies", "Replies to pick from, one a line"),
          this.#number("delay", "Seconds to hold an answer back", "0.1"),
          this.#limit(),
        ];
      case "canned":
        return [
          this.#lines("replies", "Replies, one a line, told in turn"),
          ...(Array.isArray(mode.cases) && mode.cases.length
            ? [note(`Before them, a table of ${mode.cases.length} cases by arguments.`)]
            : []),
        ];
      case "failing":
        return [
          this.#failure(),
          ...(["timeout", "silence"].includes(String(mode.how)) ? [] : [this.#text()]),
          ...(mode.how === "silence"
            ? []
            : [this.#number("after", "Seconds before it fails", "0.1")]),
        ];
      case "ask_first":
        return [this.#limit()];
    }
  }

  #limit(): HTMLElement {
    return this.#number("limit", "Seconds to decide", "1", "no limit");
  }

  #then(): Kind | null {
    const then = this.#mode.then as { kind?: Kind } | undefined;
    return then?.kind && then.kind !== "automatic" ? then.kind : null;
  }

  /** A setting as its control shows it. */
  #shown(setting: string): string {
    const value = this.#mode[setting];
    return Array.isArray(value) ? value.join("\n") : String(value ?? "");
  }

  #change(settings: { [setting: string]: Json }): void {
    this.#set({ ...this.#mode, ...settings });
  }

  /** `nothing` is what an empty field means, where it may be empty. */
  #number(setting: string, label: string, step: string, nothing = ""): HTMLElement {
    const input = element("input", { class: "rl-input rl-number", type: "number", min: "0", step });
    if (setting === "tries") input.min = "1";
    input.placeholder = nothing;
    this.#controls.set(setting, input);
    input.value = this.#shown(setting);
    input.onchange = () => {
      if (!input.checkValidity() || (input.value === "" && !nothing)) {
        input.reportValidity();
        return;
      }
      if (input.value === "") {
        this.#change({ [setting]: null });
        return;
      }
      const value = Number(input.value);
      const { low, high } = this.#mode;
      if (setting === "low" && value > Number(high)) this.#change({ low: value, high: value });
      else if (setting === "high" && value < Number(low)) this.#change({ low: value, high: value });
      else this.#change({ [setting]: value });
    };
    return element("label", { class: "rl-setting" }, element("span", {}, label), input);
  }

  #lines(setting: string, label: string): HTMLElement {
    const replies = (this.#mode[setting] as string[] | undefined) ?? [];
    if (replies.some((reply) => reply.includes("\n")))
      return note("Replies of several lines are set in a cell.");
    const area = element("textarea", { class: "rl-input rl-code", rows: "3", spellcheck: "false" });
    this.#controls.set(setting, area);
    area.value = this.#shown(setting);
    area.onchange = () =>
      this.#change({ [setting]: area.value.split("\n").filter((line) => line.trim() !== "") });
    return element("label", { class: "rl-setting rl-wide" }, element("span", {}, label), area);
  }

  #failure(): HTMLElement {
    const select = element("select", { class: "rl-input rl-select" });
    select.append(...FAILURES.map(([how, name]) => element("option", { value: how }, name)));
    this.#controls.set("how", select);
    select.value = this.#shown("how");
    select.onchange = () => {
      const how = select.value;
      select.blur();
      this.#change({ how, ...(how === "timeout" ? { after: 10 } : { after: 0 }) });
    };
    return element("label", { class: "rl-setting" }, element("span", {}, "It fails with"), select);
  }

  #text(): HTMLElement {
    const input = element("input", { class: "rl-input", type: "text", autocomplete: "off" });
    this.#controls.set("text", input);
    input.value = this.#shown("text");
    input.onchange = () => this.#change({ text: input.value });
    return element(
      "label",
      { class: "rl-setting rl-wide" },
      element("span", {}, "What it says"),
      input,
    );
  }
}

function note(text: string): HTMLElement {
  return element("p", { class: "rl-quiet" }, text);
}
