// The selected event: its JSON, what it came from, and what came of it.

import { element, iconButton, setIcon } from "../dom.ts";
import { ICONS } from "../icons.ts";
import { clockTime, duration, grouped } from "./format.ts";
import type { Inspector } from "./inspector.ts";
import { jsonNodes } from "./json_view.ts";
import type { EventDetail, Related } from "./messages.ts";

const COPIED_MS = 1500;

export class DetailView {
  readonly element: HTMLElement;
  readonly #inspector: Inspector;
  readonly #title = element("h3", { class: "rl-title", tabindex: "-1" });
  readonly #close = iconButton("rl-button rl-icon rl-plain", ICONS.close, "Close the details");
  readonly #facts = element("div", { class: "rl-facts" });
  readonly #hidden = element("p", { class: "rl-note" });
  readonly #causes = element("div", { class: "rl-related" });
  readonly #consequences = element("div", { class: "rl-related" });
  readonly #copy = iconButton("rl-button rl-icon rl-plain rl-copy", ICONS.copy, "Copy the JSON");
  readonly #json = element("pre", { class: "rl-json", tabindex: "0", "aria-label": "JSON" });
  #shown: EventDetail | null = null;

  constructor(inspector: Inspector, toTable: () => void) {
    this.#inspector = inspector;
    const all = element("button", { type: "button", class: "rl-link" }, "Show everything");
    all.onclick = () => inspector.showEverything();
    this.#hidden.append("The filter keeps this event from the table. ", all);
    this.element = element(
      "aside",
      { class: "rl-detail", "aria-label": "Event" },
      element("header", { class: "rl-detail-head" }, this.#title, this.#close),
      this.#facts,
      this.#hidden,
      this.#causes,
      this.#consequences,
      element("div", { class: "rl-json-frame" }, this.#copy, this.#json),
    );
    this.#close.onclick = () => {
      inspector.selection.setOpen(false);
      toTable();
    };
    this.#copy.onclick = () => void this.#copyJson();
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      inspector.selection.setOpen(false);
      toTable();
    });
  }

  showSelection(): void {
    const { selection } = this.#inspector;
    const { detail } = selection;
    this.element.hidden = !selection.isOpen || detail === null;
    this.#hidden.hidden = !selection.hidden;
    if (this.element.hidden || !detail || detail === this.#shown) return;
    this.#shown = detail;
    this.#title.textContent = detail.type || "?";
    this.#title.title = detail.type;
    this.#facts.replaceChildren(...this.#factNodes(detail));
    this.#showRelated(this.#causes, "Cause", detail.causes, detail);
    this.#showRelated(this.#consequences, "Consequences", detail.consequences, detail);
    this.#json.replaceChildren(...jsonNodes(detail.json));
    this.#json.scrollTop = 0;
  }

  #factNodes(detail: EventDetail): Node[] {
    const { seq, at, wall, direction, turn, response, size, piece, pieces } = detail;
    const play = element("button", { type: "button", class: "rl-chip" }, "▶ Play from here");
    play.onclick = () => this.#inspector.playFrom(at);
    const facts: Node[] = [
      fact(`#${grouped(seq)}`, "Number of the event"),
      fact(clockTime(at), `${at.toFixed(6)} s after the start of the log`),
      fact(`${wall.slice(11, 23)} UTC`, wall),
      fact(direction === "local" ? "noted here" : direction, "Direction"),
      fact(`${grouped(size)} bytes`, "Its JSON on the wire"),
    ];
    if (pieces > 1) facts.push(fact(`piece ${piece} of ${pieces}`, "Of a stream"));
    if (turn !== null) {
      facts.push(this.#filterChip(`Turn ${turn}`, () => this.#inspector.setFilter({ turn })));
    }
    if (response) {
      const only = () => this.#inspector.setFilter({ response_id: response });
      facts.push(this.#filterChip(response, only));
    }
    facts.push(play);
    return facts;
  }

  #filterChip(label: string, filter: () => void): HTMLElement {
    const title = `Show only ${label}`;
    const chip = element("button", { type: "button", class: "rl-chip", title }, label);
    chip.onclick = filter;
    return chip;
  }

  #showRelated(place: HTMLElement, title: string, related: Related[], to: EventDetail): void {
    place.hidden = related.length === 0;
    const links = related.map((event) => this.#link(event, to));
    place.replaceChildren(
      element("h4", {}, related.length > 1 && title === "Cause" ? "Causes" : title),
      element("ul", {}, ...links.map((link) => element("li", {}, link))),
    );
  }

  #link(event: Related, to: EventDetail): HTMLElement {
    const after = event.at - to.at;
    const when = after < 0 ? `${duration(-after)} before` : `${duration(after)} after`;
    const link = element(
      "button",
      { type: "button", class: "rl-jump", "data-seq": String(event.seq) },
      element("code", {}, event.type),
      element("span", { class: "rl-when" }, when),
      element("span", { class: "rl-said" }, event.words),
    );
    link.onclick = () => {
      this.#inspector.jump(event.seq);
      this.#title.focus({ preventScroll: true });
    };
    return link;
  }

  async #copyJson(): Promise<void> {
    if (!this.#shown) return;
    let label = "Copied";
    try {
      await navigator.clipboard.writeText(this.#shown.json);
    } catch {
      label = "The browser does not allow this page to copy";
    }
    setIcon(this.#copy, ICONS.copy, label);
    this.#copy.classList.add("rl-done");
    setTimeout(() => {
      setIcon(this.#copy, ICONS.copy, "Copy the JSON");
      this.#copy.classList.remove("rl-done");
    }, COPIED_MS);
  }
}

function fact(text: string, title: string): HTMLElement {
  return element("span", { class: "rl-fact", title }, text);
}
