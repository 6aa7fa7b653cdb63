// What the reader has to know or do, above a widget.

import { element, setText } from "./dom.ts";

export const SOUND_BLOCKED = "The browser plays no sound until you click on the page.";
export const CONNECTION_LOST =
  "The connection to the kernel is gone. After a restart, run the notebook's cells again.";

export class Notice {
  readonly element = element("div", { class: "rl-notice", role: "alert" });
  readonly #text = element("span");
  readonly #action: HTMLButtonElement;

  /** The button does something about it. */
  constructor(action: HTMLButtonElement) {
    this.#action = action;
    this.element.append(this.#text, action);
  }

  /** Hidden where there is no text. */
  show(text: string, hasAction: boolean): void {
    this.element.hidden = !text;
    this.#action.hidden = !hasAction;
    setText(this.#text, text);
  }
}
