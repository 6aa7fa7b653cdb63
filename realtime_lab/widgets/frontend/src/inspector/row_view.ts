// One line of the table on the screen, used again for other lines as the reader scrolls.

import { element } from "../dom.ts";
import { clockTime, duration, grouped } from "./format.ts";
import type { Direction } from "./messages.ts";
import type { Line } from "./row_list.ts";

const ARROWS: { [direction in Direction]: string } = { sent: "→", received: "←", local: "•" };
const WORDS: { [direction in Direction]: string } = {
  sent: "sent",
  received: "received",
  local: "noted here",
};

export interface RowLook {
  selected: boolean;
  unfolded: boolean;
  /** The cursor of the replay is here. */
  passing: boolean;
  /** A text to stand out in the words. */
  searching: string;
}

export class RowView {
  readonly element: HTMLElement;
  readonly #seq = cell("rl-seq");
  readonly #time = cell("rl-time");
  readonly #arrow = cell("rl-arrow");
  readonly #type = cell("rl-type");
  readonly #words = cell("rl-words");
  readonly #turn = cell("rl-turn");
  readonly #size = cell("rl-size");
  #shown = "";

  constructor(id: string) {
    this.element = element(
      "div",
      { role: "row", class: "rl-row", id, hidden: "" },
      this.#seq,
      this.#time,
      this.#arrow,
      this.#type,
      this.#words,
      this.#turn,
      this.#size,
    );
  }

  /** Put it on a line; `line` is missing while its row is on the way. */
  show(number: number, top: number, line: Line | undefined, look: RowLook): void {
    const { style } = this.element;
    style.transform = `translateY(${top}px)`;
    const key = `${number} ${line ? rowKey(line) : ""} ${Object.values(look).join(" ")}`;
    if (key === this.#shown) return;
    this.#shown = key;
    this.element.hidden = false;
    // The header is row 1.
    this.element.setAttribute("aria-rowindex", String(number + 2));
    this.element.setAttribute("aria-selected", String(look.selected));
    this.element.classList.toggle("rl-passing", look.passing);
    this.element.classList.toggle("rl-loading", !line);
    if (line) this.#showLine(line, look);
    else this.#showNothing();
  }

  hide(): void {
    if (!this.#shown) return;
    this.#shown = "";
    this.element.hidden = true;
  }

  #showLine({ row, place }: Line, look: RowLook): void {
    const { dataset } = this.element;
    dataset.seq = String(row.seq);
    dataset.direction = row.direction;
    dataset.kind = kindOf(row.type);
    const isPiece = place.piece >= 0;
    this.element.classList.toggle("rl-piece", isPiece);
    const folds = !isPiece && row.pieces > 1;
    if (folds) this.element.setAttribute("aria-expanded", String(look.unfolded));
    else this.element.removeAttribute("aria-expanded");
    this.#seq.textContent = String(row.seq);
    this.#time.textContent = clockTime(row.at);
    this.#arrow.textContent = ARROWS[row.direction];
    this.#arrow.setAttribute("aria-label", WORDS[row.direction]);
    this.#type.replaceChildren(
      element(
        "span",
        { class: "rl-fold", "aria-hidden": "true" },
        folds ? (look.unfolded ? "▾" : "▸") : "",
      ),
      element("code", {}, row.type || "?"),
    );
    if (folds) {
      const over = duration(row.until - row.at);
      const count = `× ${grouped(row.pieces)} in ${over}`;
      this.#type.append(element("span", { class: "rl-count" }, count));
    }
    this.#type.title = row.type;
    this.#words.replaceChildren(...highlighted(row.words, look.searching));
    this.#words.title = row.words;
    this.#turn.textContent = row.turn === null ? "" : String(row.turn);
    this.#size.textContent = grouped(row.size);
  }

  #showNothing(): void {
    const { dataset } = this.element;
    dataset.seq = dataset.direction = dataset.kind = "";
    this.element.removeAttribute("aria-expanded");
    for (const each of [this.#seq, this.#time, this.#arrow, this.#turn, this.#size, this.#type])
      each.textContent = "";
    this.#words.replaceChildren("…");
  }
}

function cell(className: string): HTMLElement {
  return element("span", { role: "gridcell", class: className });
}

function rowKey({ row, place }: Line): string {
  return `${row.seq} ${place.piece} ${row.pieces} ${row.until} ${row.words}`;
}

/** What an event is about, for its colour. */
function kindOf(type: string): string {
  if (type === "error" || type.endsWith(".failed") || type.endsWith("_failed")) return "error";
  return "";
}

/** The words, every match of the text that is looked for marked. */
function highlighted(words: string, text: string): Node[] {
  const nodes: Node[] = [];
  const lower = words.toLowerCase();
  const wanted = text.toLowerCase();
  let from = 0;
  for (let at = wanted ? lower.indexOf(wanted) : -1; at >= 0; at = lower.indexOf(wanted, from)) {
    nodes.push(document.createTextNode(words.slice(from, at)));
    from = at + wanted.length;
    nodes.push(element("mark", {}, words.slice(at, from)));
  }
  nodes.push(document.createTextNode(words.slice(from)));
  return nodes;
}
