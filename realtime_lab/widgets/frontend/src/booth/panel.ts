// One display of the voice booth.

import { element, iconButton, keyHints, suppressShortcuts } from "../dom.ts";
import { ICONS } from "../icons.ts";
import { Notice, SOUND_BLOCKED } from "../notice.ts";
import type { Booth, BoothView } from "./booth.ts";
import { KEYS, needsKey, pressed } from "./keys.ts";
import { TableView } from "./table_view.ts";
import { TextView } from "./text_view.ts";
import { ToolbarView } from "./toolbar_view.ts";

const HINTS: [key: string, what: string][] = [
  ["1–9", "voice"],
  ["↑ ↓", "next voice"],
  ["Space", "play"],
  ["← →", "word"],
  ["Shift ← →", "select"],
  ["R", "repeat"],
  ["M", "match loudness"],
];
const ESTIMATED = "When each word is said is estimated from pauses and letters.";

export class BoothPanel implements BoothView {
  readonly element: HTMLElement;
  readonly table: TableView;

  readonly #booth: Booth;
  readonly #toolbar: ToolbarView;
  readonly #text: TextView;
  readonly #facts = element("span", { class: "rl-quiet" });
  readonly #dismiss = iconButton("rl-button rl-icon rl-plain", ICONS.close, "Dismiss");
  readonly #notice = new Notice(this.#dismiss);
  readonly #status = element("div", { class: "rl-unseen", role: "status" });
  #frame = 0;
  #drawing = 0;

  constructor(booth: Booth) {
    this.#booth = booth;
    this.#toolbar = new ToolbarView(booth);
    this.#text = new TextView(booth);
    this.table = new TableView(booth);
    this.#dismiss.onclick = () => booth.dismissProblem();
    this.element = element(
      "section",
      {
        class: "rl-widget rl-booth",
        tabindex: "0",
        "aria-label": "Voice booth",
        "aria-keyshortcuts": KEYS,
      },
      element("header", { class: "rl-head" }, element("strong", {}, "Voice booth"), this.#facts),
      this.#notice.element,
      this.#toolbar.element,
      this.#text.element,
      this.table.element,
      element(
        "footer",
        { class: "rl-foot rl-quiet" },
        element("span", { class: "rl-hints" }, ...keyHints(HINTS)),
        element("span", {}, ESTIMATED),
      ),
      this.#status,
    );
    suppressShortcuts(this.element);
    this.element.addEventListener("keydown", (event) => {
      if (needsKey(event.target as Element, event.key) || !pressed(booth, event)) return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    cancelAnimationFrame(this.#drawing);
    this.table.close();
  }

  /** With the next picture: one change is often told several times. */
  showState(): void {
    this.#drawing ||= requestAnimationFrame(() => {
      this.#drawing = 0;
      this.#showNow();
    });
  }

  showRows(): void {
    this.table.showRows();
  }

  showTake(id: number): void {
    this.table.showTake(id);
  }

  showPlace(): void {
    this.#toolbar.showPlace();
    this.#text.showPlace();
    this.table.showPlace();
  }

  announce(told: string): void {
    this.#status.textContent = told;
  }

  #showNow(): void {
    const { shown, player } = this.#booth;
    this.element.setAttribute("aria-busy", String(shown === null));
    this.#facts.textContent = shown ? this.#told() : "Listening in…";
    this.#showNotice();
    this.#toolbar.showState();
    this.#text.showState();
    this.table.showState();
    if (player.isActive) this.#frame ||= requestAnimationFrame(this.#follow);
  }

  readonly #follow = (): void => {
    this.#frame = 0;
    this.showPlace();
    if (this.#booth.player.isActive) this.#frame = requestAnimationFrame(this.#follow);
  };

  #told(): string {
    const { shown } = this.#booth;
    if (!shown) return "";
    const { sources, repeats, rows, summary } = shown;
    const counts: [number, string][] = [
      [rows.length, "voice"],
      [sources.length, "model"],
      [summary.texts.length, "text"],
      [repeats.length, "run"],
    ];
    return counts
      .filter(([count], i) => i === 0 || count > 1)
      .map(([count, what]) => `${count} ${what}${count > 1 ? "s" : ""}`)
      .join(" · ");
  }

  #showNotice(): void {
    const { kernelState, problem, player, output, shown } = this.#booth;
    const notes = shown?.summary.notes ?? [];
    const text =
      kernelState === "gone"
        ? "The kernel is gone: what is here can still be heard. Run the notebook's cells again for the rest."
        : kernelState === "busy"
          ? "The kernel is busy: voices come when the running cell is done."
          : player.isActive && output.blocked
            ? SOUND_BLOCKED
            : problem || notes.join(" ");
    this.#notice.show(text, text === problem);
  }
}
