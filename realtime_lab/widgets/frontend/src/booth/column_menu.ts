// Which measures the table shows: a menu of all that there are.

import { element, menu } from "../dom.ts";
import type { Booth } from "./booth.ts";

export class ColumnMenu {
  readonly element: HTMLElement;
  readonly #booth: Booth;
  readonly #list = element("div", { class: "rl-columns", role: "group", "aria-label": "Measures" });
  readonly #boxes = new Map<string, HTMLInputElement>();

  constructor(booth: Booth) {
    this.#booth = booth;
    const summary = element("summary", { class: "rl-button" }, "Measures");
    this.element = menu("rl-menu", summary, this.#list);
  }

  showState(): void {
    for (const { name, label, unit, about } of this.#booth.shown?.summary.columns ?? []) {
      let box = this.#boxes.get(name);
      if (!box) {
        const made = element("input", { type: "checkbox" });
        made.onchange = () => this.#booth.setColumn(name, made.checked);
        this.#boxes.set(name, made);
        const told = element("span", { class: "rl-quiet" }, unit);
        const line = element("label", { class: "rl-check", title: about }, made, label, told);
        this.#list.append(line);
        box = made;
      }
      box.checked = this.#booth.columns.has(name);
    }
  }
}
