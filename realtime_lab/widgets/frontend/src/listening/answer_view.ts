// Where the listener answers: a row of choices for a pair, else a slider for each stimulus.

import { element, uniqueId } from "../dom.ts";
import { letter, type Sitting } from "./sitting.ts";

export class AnswerView {
  readonly element = element("div", { class: "rl-answer" });
  readonly #sitting: Sitting;
  #choices = new Map<number, HTMLInputElement>();
  #sliders: HTMLInputElement[] = [];
  #values: HTMLElement[] = [];

  constructor(sitting: Sitting) {
    this.#sitting = sitting;
  }

  showTrial(): void {
    const { opened, trial } = this.#sitting;
    this.#choices.clear();
    this.#sliders = [];
    this.#values = [];
    if (!opened || !trial) return;
    if (opened.scale.compares) this.#showChoices();
    else this.#showSliders(trial.clips.length);
  }

  showState(): void {
    const { given, player, opened } = this.#sitting;
    for (const [value, choice] of this.#choices) choice.checked = given[0] === value;
    for (const [index, slider] of this.#sliders.entries()) {
      const value = given[index] ?? null;
      slider.value = String(value ?? this.#middle());
      slider.classList.toggle("rl-open", value === null);
      slider.parentElement?.classList.toggle("rl-current", player.current === index);
      const told = value === null ? "not rated" : this.#word(value);
      slider.setAttribute("aria-valuetext", told);
      const shown = this.#values[index] as HTMLElement;
      shown.textContent = value === null ? "–" : String(value);
    }
    this.element.classList.toggle("rl-compares", opened?.scale.compares ?? false);
  }

  #showChoices(): void {
    const { scale, question } = this.#sitting.opened as NonNullable<Sitting["opened"]>;
    const name = uniqueId("rl-answer");
    const choices = scale.labels.map(([value, told]) => {
      const input = element("input", { type: "radio", name, value: String(value) });
      input.onchange = () => this.#sitting.give(0, value);
      this.#choices.set(value, input);
      return element(
        "label",
        { class: "rl-choice" },
        input,
        element("span", { dir: "auto" }, told),
      );
    });
    const group = element("div", { class: "rl-choices", role: "radiogroup" }, ...choices);
    group.setAttribute("aria-label", question);
    this.element.replaceChildren(group);
  }

  #showSliders(count: number): void {
    const { scale } = this.#sitting.opened as NonNullable<Sitting["opened"]>;
    const span = scale.highest - scale.lowest;
    const labels = scale.labels.map(([value, told]) => {
      const label = element("span", { class: "rl-mark" }, told);
      label.style.left = `${(100 * (value - scale.lowest)) / span}%`;
      return label;
    });
    const rows = Array.from({ length: count }, (_, index) => {
      const slider = element("input", {
        type: "range",
        min: String(scale.lowest),
        max: String(scale.highest),
        step: String(scale.step),
        "aria-label": letter(index),
      });
      const give = () => this.#sitting.give(index, Number(slider.value));
      slider.oninput = give;
      // A click on the middle changes nothing, and is an answer all the same.
      slider.onpointerup = give;
      const shown = element("output", { class: "rl-value" });
      this.#sliders.push(slider);
      this.#values.push(shown);
      const name = element("span", { class: "rl-letter" }, letter(index));
      return element("label", { class: "rl-rating" }, name, slider, shown);
    });
    const marks = element("div", { class: "rl-marks", "aria-hidden": "true" }, ...labels);
    this.element.replaceChildren(
      element("div", { class: "rl-rating rl-heads" }, element("span"), marks, element("span")),
      ...rows,
    );
  }

  #middle(): number {
    const scale = this.#sitting.opened?.scale;
    return scale ? (scale.lowest + scale.highest) / 2 : 0;
  }

  /** The value and the word nearest to it. */
  #word(value: number): string {
    const labels = this.#sitting.opened?.scale.labels ?? [];
    const nearest = labels.reduce<[number, string] | null>(
      (best, one) =>
        best === null || Math.abs(one[0] - value) < Math.abs(best[0] - value) ? one : best,
      null,
    );
    return nearest ? `${value}, ${nearest[1]}` : String(value);
  }
}
