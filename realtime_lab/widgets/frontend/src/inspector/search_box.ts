// Looking for a text: from match to match, or only the events that have it.

import { element, iconButton, setText } from "../dom.ts";
import { ICONS } from "../icons.ts";
import type { Inspector } from "./inspector.ts";

const TYPING_MS = 250;

export class SearchBox {
  readonly element: HTMLElement;
  readonly #inspector: Inspector;
  readonly #input = element("input", {
    type: "search",
    class: "rl-input",
    placeholder: "Search in events",
    "aria-label": "Search in events",
    autocomplete: "off",
    spellcheck: "false",
  });
  readonly #previous = iconButton("rl-button rl-icon", ICONS.up, "Previous match");
  readonly #next = iconButton("rl-button rl-icon", ICONS.down, "Next match");
  readonly #only = element("button", { type: "button", class: "rl-button" }, "Only matches");
  readonly #note = element("span", { class: "rl-note", role: "status" });
  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor(inspector: Inspector, leave: () => void) {
    this.#inspector = inspector;
    this.element = element(
      "div",
      { class: "rl-search", role: "search" },
      this.#input,
      this.#previous,
      this.#next,
      this.#only,
      this.#note,
    );
    this.#previous.onclick = () => this.#step(true);
    this.#next.onclick = () => this.#step(false);
    this.#only.title = "Show only events with this text in them";
    this.#only.onclick = () => {
      const { text } = inspector.list.wanted;
      inspector.setFilter({ text: text ? "" : this.#input.value });
    };
    this.#input.oninput = () => {
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => this.#take(), TYPING_MS);
    };
    this.#input.onkeydown = (event) => {
      event.stopPropagation();
      if (event.key === "Enter") this.#step(event.shiftKey);
      else if (event.key === "Escape") {
        // Once empties it, which is the browser's own doing; twice leaves it.
        if (!this.#input.value) leave();
      } else if (event.key === "ArrowDown") leave();
      else return;
      if (event.key !== "Escape") event.preventDefault();
    };
  }

  focus(): void {
    this.#input.focus();
    this.#input.select();
  }

  showState(): void {
    const { search, list } = this.#inspector;
    const filters = list.wanted.text !== "";
    this.#only.setAttribute("aria-pressed", String(filters));
    this.#only.disabled = !search.text && !filters;
    this.#previous.disabled = this.#next.disabled = !search.text;
    setText(this.#note, search.note);
    this.#note.hidden = !search.note;
  }

  #take(): void {
    clearTimeout(this.#typing);
    const { value } = this.#input;
    this.#inspector.search.setText(value);
    const { text } = this.#inspector.list.wanted;
    if (text && text !== value) this.#inspector.setFilter({ text: value });
  }

  #step(backwards: boolean): void {
    this.#take();
    this.#inspector.find(backwards);
  }
}
