// The table of voices. (Roles are told, because narrow pages lay its rows out as blocks.)

import { element } from "../dom.ts";
import type { Booth } from "./booth.ts";
import type { Column } from "./messages.ts";
import { RowView } from "./row_view.ts";

const LEGEND = "Waveform, spectrogram to 8 kHz, pitch in Hz (log)";
const STEPS = [0.5, 1, 2, 5, 10, 20, 30, 60, 120];
const MOST_TICKS = 8;

export class TableView {
  readonly element: HTMLElement;
  readonly #booth: Booth;
  readonly #head = element("tr", { role: "row" });
  readonly #table: HTMLTableElement;
  #rows: RowView[] = [];
  #columns = "";

  constructor(booth: Booth) {
    this.#booth = booth;
    this.#table = element(
      "table",
      { role: "table", "aria-label": "Voices" },
      element("thead", { role: "rowgroup" }, this.#head),
    );
    this.element = element("div", { class: "rl-scroll" }, this.#table);
  }

  /** Whether every sound in it is drawn, with its pitch. */
  get isDrawn(): boolean {
    const { store } = this.#booth;
    return (
      this.#rows.length > 0 &&
      this.#rows.every(({ id, sound }) => id === null || (sound?.isDrawn && store.measured.has(id)))
    );
  }

  showRows(): void {
    const { shown } = this.#booth;
    if (!shown) return;
    this.#showHead();
    const kept = new Map(this.#rows.map((view) => [view.id ?? view, view]));
    const columns = [...this.#booth.columns].join();
    const isSame = columns === this.#columns;
    this.#columns = columns;
    const views: RowView[] = [];
    const bodies = shown.groups.map(({ title, rows }) => {
      const body = element("tbody", { role: "rowgroup" });
      if (title) {
        const head = element("th", { role: "rowheader", scope: "rowgroup" }, title);
        head.colSpan = 3 + this.#booth.columns.size;
        body.append(element("tr", { role: "row", class: "rl-group" }, head));
      }
      for (const row of rows) {
        const take = shown.take(row);
        const old = take ? kept.get(take.id) : undefined;
        const view = old ?? new RowView(this.#booth, row, take);
        if (take) kept.delete(take.id);
        if (old && !isSame) old.showColumns();
        views.push(view);
        body.append(view.element);
        view.showTake();
      }
      return body;
    });
    for (const view of kept.values()) view.close();
    this.#rows = views;
    for (const body of [...this.#table.tBodies]) body.remove();
    this.#table.append(...bodies);
    this.showHeights();
    this.showPlace();
  }

  showState(): void {
    for (const [i, row] of this.#rows.entries()) row.showState(i < 9 ? i + 1 : 0);
    this.showHeights();
    this.showPlace();
  }

  showTake(id: number): void {
    for (const row of this.#rows) if (row.id === id) row.showTake();
    this.showHeights();
  }

  showPlace(): void {
    const { place } = this.#booth.player;
    for (const row of this.#rows) row.showPlace(place);
  }

  /** Waveforms are as high as they are heard, compared with one another. */
  showHeights(): void {
    const highest = Math.max(...this.#rows.map((row) => row.height));
    if (highest > 0) for (const row of this.#rows) row.sound?.setHeight(row.height / highest);
  }

  close(): void {
    for (const row of this.#rows) row.close();
  }

  #showHead(): void {
    const columns = this.#booth.shown?.summary.columns ?? [];
    this.#head.replaceChildren(
      element("td", { role: "cell" }),
      this.#sortable({ name: "voice", label: "Voice", unit: "", about: "", shown: true }),
      element(
        "th",
        { role: "columnheader", scope: "col", class: "rl-legend" },
        element("div", {}, LEGEND),
        this.#ruler(),
      ),
      ...columns
        .filter(({ name }) => this.#booth.columns.has(name))
        .map((column) => this.#sortable(column)),
    );
  }

  #ruler(): HTMLElement {
    const longest = this.#booth.shown?.longest ?? 1;
    const step = STEPS.find((step) => longest / step <= MOST_TICKS) ?? longest;
    const ruler = element("div", { class: "rl-ruler", "aria-hidden": "true" });
    for (let time = 0; time < longest * 0.97; time += step) {
      const tick = element("span", {}, time === 0 ? "0 s" : String(time));
      tick.style.left = `${(100 * time) / longest}%`;
      ruler.append(tick);
    }
    return ruler;
  }

  #sortable({ name, label, unit, about }: Column): HTMLElement {
    const { by, descending } = this.#booth.shown?.sorting ?? { by: "", descending: false };
    const isSorted = by === name;
    const button = element(
      "button",
      { type: "button", class: "rl-sort", title: about },
      element("span", {}, label),
      element(
        "span",
        { class: "rl-arrow", "aria-hidden": "true" },
        isSorted ? (descending ? "↓" : "↑") : "",
      ),
      element("span", { class: "rl-unit" }, unit),
    );
    button.dataset.sort = name;
    if (isSorted) button.dataset.sorted = "";
    button.onclick = () => {
      this.#booth.arrange({ sorting: { by: name, descending: isSorted && !descending } });
      this.#head.querySelector<HTMLElement>(`[data-sort="${name}"]`)?.focus();
    };
    return element(
      "th",
      {
        role: "columnheader",
        scope: "col",
        class: name === "voice" ? "rl-voice" : "rl-number",
        "aria-sort": isSorted ? (descending ? "descending" : "ascending") : "none",
      },
      button,
    );
  }
}
