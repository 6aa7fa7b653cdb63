// Play, loudness, repetition; which text and which repeat are shown; groups, order and columns.

import { element, iconButton, setIcon, setText } from "../dom.ts";
import { ICONS } from "../icons.ts";
import { clockTime } from "../inspector/format.ts";
import type { Booth } from "./booth.ts";
import { ColumnMenu } from "./column_menu.ts";
import type { Grouping } from "./rows.ts";

const LONGEST_LABEL = 42;

export class ToolbarView {
  readonly element: HTMLElement;
  readonly #booth: Booth;
  readonly #play = iconButton("rl-button rl-icon rl-primary", ICONS.play, "Play");
  readonly #clock = element("span", { class: "rl-clock" });
  readonly #match = iconButton("rl-button", ICONS.match, "Match loudness", true);
  readonly #repeat = iconButton("rl-button", ICONS.repeat, "Repeat passage", true);
  readonly #target = element("span", { class: "rl-quiet" });
  readonly #text = new Choice("Text");
  readonly #run = new Choice("Run");
  readonly #grouping = new Choice("Group by");
  readonly #sorting = new Choice("Sort by");
  readonly #columns: ColumnMenu;

  constructor(booth: Booth) {
    this.#booth = booth;
    this.#columns = new ColumnMenu(booth);
    this.#sorting.element.classList.add("rl-narrow");
    this.#play.onclick = () => booth.player.toggle();
    this.#match.onclick = () => booth.setMatched(!booth.matched);
    this.#repeat.onclick = () => booth.select(() => booth.reading.toggleRepeat());
    this.#text.onchange = (value) => booth.arrange({ text: Number(value) });
    this.#run.onchange = (value) => booth.arrange({ repeat: Number(value) });
    this.#grouping.onchange = (value) => booth.arrange({ grouping: value as Grouping });
    this.#sorting.onchange = (value) =>
      booth.arrange({ sorting: { by: value, descending: false } });
    this.element = element(
      "div",
      { class: "rl-toolbar", role: "toolbar", "aria-label": "Listening" },
      this.#play,
      this.#clock,
      this.#match,
      this.#target,
      this.#repeat,
      element(
        "span",
        { class: "rl-choices" },
        this.#text.element,
        this.#run.element,
        this.#grouping.element,
        this.#sorting.element,
        this.#columns.element,
      ),
    );
  }

  showState(): void {
    const { player, shown, reading, matched } = this.#booth;
    const [icon, label] = player.isActive ? [ICONS.pause, "Pause"] : [ICONS.play, "Play"];
    setIcon(this.#play, icon, label);
    this.#play.disabled = !player.track;
    this.#match.setAttribute("aria-pressed", String(matched));
    this.#repeat.setAttribute("aria-pressed", String(player.passage !== null));
    this.#repeat.title = reading.selection
      ? "Repeat what is selected"
      : "Repeat the sentence, or select words first";
    if (shown) {
      const { summary, sources, repeats } = shown;
      this.#target.textContent = matched
        ? `to ${`${summary.target}`.replace("-", "−")} LUFS`
        : "as recorded";
      this.#text.show(
        summary.texts.map((words, i) => [String(i), `${i + 1}: ${shortened(words.join(" "))}`]),
        String(shown.text),
      );
      this.#run.show(
        repeats.map((repeat) => [String(repeat), String(repeat + 1)]),
        String(shown.repeat),
      );
      this.#grouping.show(
        sources.length > 1
          ? [
              ["source", "model"],
              ["voice", "voice"],
              ["none", "nothing"],
            ]
          : [],
        shown.grouping,
      );
      this.#sorting.show(
        [
          ["", "order of the run"],
          ["voice", "Voice"],
          ...summary.columns
            .filter(({ name }) => this.#booth.columns.has(name))
            .map(({ name, label }): [string, string] => [name, label]),
        ],
        shown.sorting.by,
      );
    }
    this.#columns.showState();
    this.showPlace();
  }

  showPlace(): void {
    const { player } = this.#booth;
    const length = player.track?.places.seconds ?? 0;
    const told = `${clockTime(player.position, 0.1)} / ${clockTime(length, 0.1)}`;
    setText(this.#clock, told);
  }
}

/** One of several, by its label; hidden where there is nothing to choose. */
class Choice {
  readonly element: HTMLElement;
  onchange: (value: string) => void = () => {};
  readonly #select: HTMLSelectElement;
  #options = "";

  constructor(label: string) {
    // A name of its own: that of a label around it would hold all options.
    this.#select = element("select", { class: "rl-input", "aria-label": label });
    this.element = element(
      "label",
      { class: "rl-choice" },
      element("span", {}, label),
      this.#select,
    );
    this.#select.onchange = () => this.onchange(this.#select.value);
  }

  show(options: [value: string, label: string][], value: string): void {
    this.element.hidden = options.length < 2;
    const key = JSON.stringify(options);
    if (key !== this.#options) {
      this.#options = key;
      this.#select.replaceChildren(
        ...options.map(([value, label]) => element("option", { value }, label)),
      );
    }
    this.#select.value = value;
  }
}

function shortened(text: string): string {
  return text.length <= LONGEST_LABEL ? text : `${text.slice(0, LONGEST_LABEL - 1)}…`;
}
