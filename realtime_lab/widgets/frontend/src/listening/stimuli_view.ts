// The stimuli under their letters: a button each, and how much of it was heard.

import { element } from "../dom.ts";
import { letter, type Sitting } from "./sitting.ts";

export class StimuliView {
  readonly element = element("div", { class: "rl-stimuli", role: "group", "aria-label": "Voices" });
  readonly #sitting: Sitting;
  #buttons: HTMLButtonElement[] = [];

  constructor(sitting: Sitting) {
    this.#sitting = sitting;
  }

  showTrial(): void {
    const clips = this.#sitting.trial?.clips ?? [];
    this.#buttons = clips.map((_, index) => {
      const button = element(
        "button",
        { type: "button", class: "rl-stimulus", title: `Play (${letter(index)})` },
        element("span", { class: "rl-letter" }, letter(index)),
        element("span", { class: "rl-heard", "aria-hidden": "true" }),
      );
      button.onclick = () => {
        const { player } = this.#sitting;
        if (player.current === index && player.isPlaying) player.toggle();
        else this.#sitting.play(index);
      };
      return button;
    });
    this.element.replaceChildren(...this.#buttons);
  }

  showState(): void {
    const { player } = this.#sitting;
    const unheard = new Set(player.unheard);
    for (const [index, button] of this.#buttons.entries()) {
      const playing = player.isPlaying && player.current === index;
      button.classList.toggle("rl-playing", playing);
      button.classList.toggle("rl-awaited", player.awaited === index);
      button.classList.toggle("rl-done", !unheard.has(index));
      const heard = unheard.has(index) ? "not heard to the end" : "heard";
      const state = playing ? "playing" : player.awaited === index ? "loading" : heard;
      button.setAttribute("aria-label", `${letter(index)}, ${state}`);
      button.setAttribute("aria-pressed", String(playing));
    }
    this.showPlace();
  }

  showPlace(): void {
    const { player } = this.#sitting;
    for (const [index, button] of this.#buttons.entries()) {
      const share = player.current === index ? player.share : 0;
      button.style.setProperty("--rl-share", `${(100 * share).toFixed(1)}%`);
    }
  }
}
