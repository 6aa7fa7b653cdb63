// Which types of events the table shows: a menu of all that the log has, with their numbers.

import { element, menu } from "../dom.ts";
import { grouped } from "./format.ts";
import type { Inspector } from "./inspector.ts";

export class TypeMenu {
  readonly element: HTMLElement;
  readonly #inspector: Inspector;
  readonly #summary = element("summary", { class: "rl-button" });
  readonly #list = element("div", { class: "rl-types", role: "group", "aria-label": "Types" });
  readonly #all = element("button", { type: "button", class: "rl-link" }, "Show all types");
  readonly #boxes = new Map<string, { box: HTMLInputElement; count: HTMLElement }>();

  constructor(inspector: Inspector) {
    this.#inspector = inspector;
    const content = element("div", { class: "rl-menu" }, this.#all, this.#list);
    this.element = menu("rl-types-menu", this.#summary, content);
    this.#all.onclick = () => inspector.setFilter({ types: [] });
  }

  showState(): void {
    const { types } = this.#inspector.list.wanted;
    const known = this.#inspector.summary?.types ?? [];
    this.#summary.textContent =
      types.length === 0
        ? "All types"
        : types.length === 1
          ? (types[0] as string)
          : `${types.length} types`;
    this.#summary.classList.toggle("rl-on", types.length > 0);
    this.#all.disabled = types.length === 0;
    for (const [name, count] of known) {
      const { box, count: number } = this.#boxes.get(name) ?? this.#add(name);
      box.checked = types.includes(name);
      number.textContent = grouped(count);
    }
  }

  #add(name: string): { box: HTMLInputElement; count: HTMLElement } {
    const box = element("input", { type: "checkbox" });
    const count = element("span", { class: "rl-number" });
    box.onchange = () => {
      const { types } = this.#inspector.list.wanted;
      const others = types.filter((type) => type !== name);
      this.#inspector.setFilter({ types: box.checked ? [...others, name] : others });
    };
    this.#list.append(
      element("label", { class: "rl-check" }, box, element("code", {}, name), count),
    );
    const made = { box, count };
    this.#boxes.set(name, made);
    return made;
  }
}
