// What of the log the table shows, and how much that is.

import { element, setText } from "../dom.ts";
import { grouped } from "./format.ts";
import type { Inspector } from "./inspector.ts";
import type { Direction } from "./messages.ts";
import { SearchBox } from "./search_box.ts";
import { TypeMenu } from "./type_menu.ts";

const DIRECTIONS: [Direction, string, string][] = [
  ["sent", "→ sent", "Events that this side sent"],
  ["received", "← received", "Events of the service"],
  ["local", "• here", "What was noted on this side, and never was on the wire"],
];

export class FilterBar {
  readonly element: HTMLElement;
  readonly search: SearchBox;
  readonly #inspector: Inspector;
  readonly #types: TypeMenu;
  readonly #directions = new Map<Direction, HTMLButtonElement>();
  readonly #turn = element("input", {
    type: "number",
    class: "rl-input rl-turn-input",
    min: "1",
    placeholder: "Turn",
    "aria-label": "Only this turn",
  });
  readonly #response = element("input", {
    type: "text",
    class: "rl-input rl-response-input",
    placeholder: "Response",
    "aria-label": "Only the response of this id",
    spellcheck: "false",
    autocomplete: "off",
  });
  readonly #fold = element("button", { type: "button", class: "rl-button" }, "Fold streams");
  readonly #count = element("span", { class: "rl-matches", role: "status" });
  readonly #clear = element(
    "button",
    { type: "button", class: "rl-link", "aria-label": "Show everything" },
    "Clear",
  );

  constructor(inspector: Inspector, toTable: () => void) {
    this.#inspector = inspector;
    this.search = new SearchBox(inspector, toTable);
    this.#types = new TypeMenu(inspector);
    const directions = element("div", {
      class: "rl-group",
      role: "group",
      "aria-label": "Direction",
    });
    for (const [direction, label, title] of DIRECTIONS) {
      const button = element("button", { type: "button", class: "rl-button", title }, label);
      button.onclick = () => this.#toggle(direction);
      this.#directions.set(direction, button);
      directions.append(button);
    }
    this.#fold.title = "Show the pieces of a stream, such as deltas of audio, as one row";
    this.#fold.onclick = () => inspector.setFilter({ folded: !inspector.list.wanted.folded });
    this.#turn.onchange = () => {
      const turn = this.#turn.valueAsNumber;
      inspector.setFilter({ turn: Number.isInteger(turn) ? turn : null });
    };
    this.#response.onchange = () =>
      inspector.setFilter({ response_id: this.#response.value.trim() });
    for (const input of [this.#turn, this.#response]) {
      input.onkeydown = (event) => event.stopPropagation();
    }
    this.#clear.onclick = () => inspector.showEverything();
    this.element = element(
      "div",
      { class: "rl-filters", role: "toolbar", "aria-label": "Filter" },
      this.search.element,
      this.#types.element,
      directions,
      this.#turn,
      this.#response,
      this.#fold,
      element("span", { class: "rl-matches-line" }, this.#count, this.#clear),
    );
  }

  showState(): void {
    const { list, summary } = this.#inspector;
    const { types, directions, turn, response_id, text, folded } = list.wanted;
    this.search.showState();
    this.#types.showState();
    for (const [direction, button] of this.#directions) {
      button.setAttribute("aria-pressed", String(directions.includes(direction)));
    }
    show(this.#turn, turn === null ? "" : String(turn));
    show(this.#response, response_id);
    this.#fold.setAttribute("aria-pressed", String(folded));
    const filters = types.length || directions.length || turn !== null || response_id || text;
    this.#clear.style.visibility = filters ? "" : "hidden";
    const rows = grouped(list.total);
    const events = grouped(summary?.events ?? 0);
    const count = `${rows} ${list.total === 1 ? "row" : "rows"} of ${events} events`;
    setText(this.#count, count);
  }

  #toggle(direction: Direction): void {
    const { directions } = this.#inspector.list.wanted;
    const others = directions.filter((other) => other !== direction);
    const pressed = others.length === directions.length;
    this.#inspector.setFilter({ directions: pressed ? [...others, direction] : others });
  }
}

/** Not while the reader types in it. */
function show(input: HTMLInputElement, value: string): void {
  if (input !== document.activeElement && input.value !== value) input.value = value;
}
