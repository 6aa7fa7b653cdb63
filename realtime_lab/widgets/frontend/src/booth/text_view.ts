// The words that are said: the one that is heard, those that are selected, those that differ from
// the text.

import { element } from "../dom.ts";
import type { Booth } from "./booth.ts";
import type { Token } from "./spoken_text.ts";

const TITLES: { [kind in Token["kind"]]: string } = {
  said: "",
  added: "Not in the text",
  missing: "In the text, but not said",
  other: "Said in place of ",
};

export class TextView {
  readonly element: HTMLElement;
  readonly #booth: Booth;
  readonly #who = element("span", { class: "rl-who" });
  readonly #words = element("p", { class: "rl-words" });
  #tokens: Token[] = [];
  #spans: HTMLElement[] = [];
  #now = -1;
  #dragged: number | null = null;

  constructor(booth: Booth) {
    this.#booth = booth;
    this.element = element("div", { class: "rl-text" }, this.#who, this.#words);
    this.#words.addEventListener("pointerdown", (event) => {
      this.#dragged = this.#index(event.target);
      if (this.#dragged !== null) event.preventDefault();
      this.element.closest<HTMLElement>(".rl-booth")?.focus({ preventScroll: true });
    });
    this.#words.addEventListener("pointerover", (event) => {
      const over = this.#index(event.target);
      const from = this.#dragged;
      if (from === null || over === null || over === from || !event.buttons) return;
      booth.select(() => booth.reading.select([from, over]));
    });
    this.#words.addEventListener("click", (event) => {
      const index = this.#index(event.target);
      if (index !== null && index === this.#dragged) booth.reading.seekToken(index);
    });
  }

  showState(): void {
    const { current, reading } = this.#booth;
    this.#who.textContent = current ? `${current.voice}:` : "";
    if (reading.tokens !== this.#tokens) this.#write(reading.tokens);
    const [first, last] = reading.selected ?? [0, -1];
    for (const [i, span] of this.#spans.entries())
      span.classList.toggle("rl-selected", i >= first && i <= last);
    this.showPlace();
  }

  showPlace(): void {
    const now = this.#booth.reading.token;
    if (now === this.#now) return;
    this.#spans[this.#now]?.classList.remove("rl-said");
    const span = this.#spans[now];
    span?.classList.add("rl-said");
    this.#now = now;
    if (span) this.#reveal(span);
  }

  #write(tokens: Token[]): void {
    this.#tokens = tokens;
    this.#now = -1;
    this.#spans = tokens.map((token, i) => {
      const name = token.kind === "missing" ? "del" : token.kind === "said" ? "span" : "ins";
      const span = element(name, { class: "rl-word", "data-index": String(i) }, token.text);
      const title = TITLES[token.kind] + (token.kind === "other" ? `“${token.asked}”` : "");
      if (title) span.title = title;
      return span;
    });
    this.#words.replaceChildren(...this.#spans.flatMap((span) => [span, " "]));
  }

  /** Within the text alone: the page stays where the reader put it. */
  #reveal(span: HTMLElement): void {
    const top = span.offsetTop - this.#words.offsetTop;
    const { scrollTop, clientHeight } = this.#words;
    if (top < scrollTop || top + span.offsetHeight > scrollTop + clientHeight)
      this.#words.scrollTop = top - clientHeight / 3;
  }

  #index(target: EventTarget | null): number | null {
    const index = (target as HTMLElement | null)?.dataset?.index;
    return index === undefined ? null : Number(index);
  }
}
