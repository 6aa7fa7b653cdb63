// The conversation in words: both sides, as they come.

import { element } from "./dom.ts";
import type { Line } from "./messages.ts";

const SPEAKERS = { user: "You", assistant: "Model" } as const;

/** Characters shown of what was not heard: a long answer is there in full long before its end. */
const GLIMPSE = { "rl-unheard": 120, "rl-ahead": 48 } as const;

interface Row {
  line: Line;
  element: HTMLElement;
  text: HTMLElement;
}

export class TranscriptView {
  readonly element = element("div", {
    class: "rl-lines",
    role: "log",
    "aria-label": "Transcript",
    "aria-live": "off",
    tabindex: "0",
  });
  /** Finished lines only: reading out every partial would drown the conversation. */
  readonly captions = element("div", { class: "rl-unseen", "aria-live": "polite" });

  readonly #rows = new Map<string, Row>();
  /** By line: the share heard of the audio received so far. */
  readonly #shares = new Map<string, number>();
  readonly #empty = element("p", { class: "rl-empty" });

  constructor() {
    this.element.append(this.#empty);
  }

  showHint(hint: string): void {
    this.#empty.textContent = hint;
  }

  showLine(line: Line): void {
    const atEnd = this.#isAtEnd();
    const row = this.#rows.get(line.id) ?? this.#addRow(line);
    const wasPartial = row.line.state === "partial";
    row.line = line;
    this.#showText(row);
    if (atEnd) this.element.scrollTop = this.element.scrollHeight;
    if (line.state !== "partial" && wasPartial) {
      this.captions.textContent = `${SPEAKERS[line.role]}: ${line.text}`;
    }
  }

  showHeard(item: string, share: number): void {
    this.#shares.set(item, share);
    const row = this.#rows.get(item);
    if (!row || row.line.state === "interrupted") return;
    const atEnd = this.#isAtEnd();
    this.#showText(row);
    if (atEnd) this.element.scrollTop = this.element.scrollHeight;
  }

  #addRow(line: Line): Row {
    this.#empty.remove();
    const text = element("p", { class: "rl-text" });
    const who = element("span", { class: "rl-who" }, SPEAKERS[line.role]);
    const row = { line, element: element("div", {}, who, text), text };
    this.#rows.set(line.id, row);
    this.element.append(row.element);
    return row;
  }

  #showText({ line, element: node, text }: Row): void {
    node.className = `rl-line rl-${line.role} rl-${line.state}`;
    const heard = heardCharacters(line, this.#shares.get(line.id));
    text.replaceChildren(line.text.slice(0, heard));
    if (heard < line.text.length) {
      const kind = line.state === "interrupted" ? "rl-unheard" : "rl-ahead";
      const rest = beginning(line.text.slice(heard), GLIMPSE[kind]);
      text.append(element("span", { class: kind }, rest));
    }
    if (line.state === "interrupted")
      text.append(element("span", { class: "rl-tag" }, "interrupted"));
    if (!line.text && line.state === "partial")
      text.append(element("span", { class: "rl-dots" }, "…"));
  }

  #isAtEnd(): boolean {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    return scrollHeight - scrollTop - clientHeight < 48;
  }
}

function heardCharacters(line: Line, share: number | undefined): number {
  if (line.state === "interrupted") return line.heard ?? line.text.length;
  if (share === undefined || share >= 1) return line.text.length;
  // Words, not letters: the eye follows whole ones.
  const end = line.text.indexOf(" ", Math.floor(share * line.text.length));
  return end < 0 ? line.text.length : end;
}

function beginning(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, text.lastIndexOf(" ", length))} …`;
}
