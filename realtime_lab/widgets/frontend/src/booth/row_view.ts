// A row of the table: a voice, what its take looks like, and its measures.

import { element, iconButton, setIcon } from "../dom.ts";
import { ICONS } from "../icons.ts";
import type { Shown } from "./arrangement.ts";
import type { Booth } from "./booth.ts";
import { decibels, deviationOf, figure } from "./format.ts";
import { pitchY, TICKS } from "./pitch.ts";
import type { Row } from "./rows.ts";
import { SoundView, SPECTROGRAM_HEIGHT, WAVE_HEIGHT } from "./sound_view.ts";
import { differences } from "./spoken_text.ts";

export class RowView {
  readonly element: HTMLElement;
  readonly sound: SoundView | null;
  readonly id: number | null;

  readonly #booth: Booth;
  readonly #row: Row;
  readonly #key = element("kbd");
  readonly #play = iconButton("rl-button rl-icon rl-choose", ICONS.play, "Play");
  readonly #source = element("div", { class: "rl-quiet rl-source" });
  readonly #gain = element("div", { class: "rl-quiet rl-gain" });
  readonly #cells = new Map<string, HTMLElement>();

  constructor(booth: Booth, row: Row, shown: Shown | null) {
    this.#booth = booth;
    this.#row = row;
    this.id = shown?.id ?? null;
    this.sound = shown
      ? new SoundView(shown.take.seconds, {
          seek: (time) => this.#seek(time),
          select: (from, to) => this.#select(from, to),
        })
      : null;
    this.#play.onclick = () => this.#toggle();
    this.element = element(
      "tr",
      { role: "row", "data-voice": row.voice, "data-source": row.source },
      element("td", { role: "cell", class: "rl-key" }, this.#key),
      element(
        "th",
        { role: "rowheader", scope: "row", class: "rl-voice" },
        element(
          "div",
          { class: "rl-name" },
          this.#play,
          element("span", { title: row.voice }, row.voice),
        ),
        this.#source,
        this.#gain,
        this.#said(shown),
      ),
      element("td", { role: "cell", class: "rl-sound-cell" }, this.#stage(shown)),
    );
    this.showColumns();
  }

  /** The measures that the table shows. */
  showColumns(): void {
    for (const cell of this.#cells.values()) cell.remove();
    this.#cells.clear();
    for (const { name, label, unit } of this.#booth.shown?.summary.columns ?? []) {
      if (!this.#booth.columns.has(name)) continue;
      const cell = element("td", {
        role: "cell",
        class: "rl-number",
        "data-label": label,
        "data-unit": unit,
      });
      this.#cells.set(name, cell);
      this.element.append(cell);
    }
  }

  /** `number` is what key chooses it; 0 for none. */
  showState(number: number): void {
    const { player, current, shown } = this.#booth;
    const isCurrent = current === this.#row;
    const isPlaying = isCurrent && player.isActive;
    this.element.classList.toggle("rl-current", isCurrent);
    this.element.setAttribute("aria-current", String(isCurrent));
    this.#key.textContent = number ? String(number) : "";
    setIcon(
      this.#play,
      isPlaying ? ICONS.pause : ICONS.play,
      `${isPlaying ? "Pause" : "Play"} ${this.#row.voice}`,
    );
    this.#play.disabled = this.id === null;
    this.#source.textContent =
      shown && shown.sources.length > 1 && shown.grouping !== "source" ? this.#row.source : "";
    this.#source.title = this.#row.source;
    if (shown) this.sound?.setLongest(shown.longest);
    this.#showGain();
    this.#showPassage();
    for (const [name, cell] of this.#cells) this.#fill(cell, name);
  }

  /** Its sound or its measures are here. */
  showTake(): void {
    if (this.id === null || !this.sound) return;
    const sound = this.#booth.store.sounds.get(this.id);
    const measured = this.#booth.store.measured.get(this.id);
    if (sound) this.sound.draw(sound);
    if (measured) {
      this.sound.setPitch(measured.pitch);
      this.sound.setFaults(measured.artefacts);
    }
    this.#showGain();
    for (const [name, cell] of this.#cells) this.#fill(cell, name);
  }

  /** How high its waveform would be, before it is compared with others. */
  get height(): number {
    return this.id === null || !this.sound ? 0 : this.sound.peak * this.#booth.gain(this.id);
  }

  showPlace(place: number): void {
    if (this.id === null || !this.sound) return;
    const { places } = this.#booth.track(this.id);
    const { reading, current, player } = this.#booth;
    const isCurrent = current === this.#row;
    this.sound.setCursor(places.time(place), player.isActive && !isCurrent);
    const token = isCurrent ? reading.tokens[reading.token] : undefined;
    this.sound.setWord(token ? [token.start, token.end] : null);
  }

  close(): void {
    this.sound?.close();
  }

  #stage(shown: Shown | null): HTMLElement {
    if (!shown || !this.sound)
      return element("div", { class: "rl-quiet" }, "This voice has no take of this text.");
    if (!shown.take.samples)
      return element("div", { class: "rl-quiet" }, "This take has no audio.");
    const ticks = TICKS.map((tick) => {
      const mark = element("span", {}, String(tick));
      mark.style.top = `${WAVE_HEIGHT + pitchY(tick, SPECTROGRAM_HEIGHT)}px`;
      return mark;
    });
    return element(
      "div",
      { class: "rl-stage" },
      element("div", { class: "rl-lane" }, this.sound.element),
      element("div", { class: "rl-axis", "aria-hidden": "true" }, ...ticks),
    );
  }

  #said(shown: Shown | null): HTMLElement {
    const count = shown ? differences(shown.take, this.#booth.shown?.asked ?? []) : 0;
    const told = count ? `${count} word${count > 1 ? "s" : ""} off the text` : "";
    const note = element("div", { class: "rl-off" }, told);
    if (shown && count) note.title = `Said: ${shown.take.said.map(([text]) => text).join(" ")}`;
    return note;
  }

  #fill(cell: HTMLElement, name: string): void {
    const measured = this.id === null ? undefined : this.#booth.store.measured.get(this.id);
    const value = measured?.values[name] ?? null;
    const spread = this.#booth.spread(this.#row, name);
    const told = value === null ? "–" : figure(value);
    const parts = measured ? told : "…";
    const more = value !== null && spread !== null ? deviationOf(value, spread) : "";
    const key = `${parts} ${more}`;
    if (cell.dataset.shows === key) return;
    cell.dataset.shows = key;
    cell.replaceChildren(parts);
    cell.title = measured?.reasons[name] ?? "";
    if (more) {
      cell.append(element("span", { class: "rl-quiet rl-spread" }, more));
      cell.title = "± standard deviation over the repeats";
    }
  }

  #showGain(): void {
    const gain = this.id === null ? null : this.#booth.store.measured.get(this.id)?.gain;
    const { matched } = this.#booth;
    this.#gain.textContent = gain
      ? `${matched ? decibels(gain.decibels) : "as recorded"}${matched && gain.limited ? ", limited" : ""}`
      : "";
    this.#gain.title = gain?.limited
      ? "More gain would lift its true peak above −1 dBTP, so it stays quieter than the others."
      : "Gain at which it is played";
  }

  #showPassage(): void {
    if (this.id === null || !this.sound) return;
    const { selection } = this.#booth.reading;
    const { places } = this.#booth.track(this.id);
    this.sound.setPassage(selection && [places.time(selection.from), places.time(selection.to)]);
  }

  #toggle(): void {
    const { player, current } = this.#booth;
    if (current !== this.#row) this.#booth.choose(this.#row);
    else if (player.isActive) {
      player.pause();
      return;
    }
    if (!player.isActive) player.play();
  }

  #seek(time: number): void {
    if (this.#booth.current !== this.#row) this.#booth.choose(this.#row);
    this.#booth.reading.seek(time);
  }

  #select(from: number, to: number): void {
    if (this.#booth.current !== this.#row) this.#booth.choose(this.#row);
    this.#booth.select(() => this.#booth.reading.selectTimes(from, to));
  }
}
