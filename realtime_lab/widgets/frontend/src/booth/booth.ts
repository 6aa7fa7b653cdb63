// One display of a voice booth: what is shown of the takes, and what the listener does with it.
// Views show its state and call its commands.

import type { AnyModel } from "@anywidget/types";
import { KernelLink, type KernelState } from "../kernel_link.ts";
import { Arrangement } from "./arrangement.ts";
import type { Questions, TakeFacts } from "./messages.ts";
import { Places } from "./places.ts";
import { Reading } from "./reading.ts";
import { deviation, type Row } from "./rows.ts";
import { TakeStore } from "./take_store.ts";
import { type Sound, WebAudioTakes } from "./takes_output.ts";
import { TakesPlayer, type Track } from "./takes_player.ts";

/** Sounds that are kept although they are not shown. */
const MOST_SOUNDS = 60;

export interface BoothView {
  /** Everything but what follows. */
  showState(): void;
  /** Other rows, or in another order. */
  showRows(): void;
  /** The sound or the measures of a take are here. */
  showTake(id: number): void;
  /** Another place in the text. */
  showPlace(): void;
  /** A sentence for those who do not see it. */
  announce(told: string): void;
}

export class Booth {
  shown: Arrangement | null = null;
  kernelState: KernelState = "ready";
  problem = "";
  matched = true;
  /** Names of the measures that the table shows. */
  columns = new Set<string>();
  readonly store: TakeStore;
  readonly output = new WebAudioTakes();
  readonly player: TakesPlayer<Sound>;
  readonly reading: Reading;

  #current: Row | null = null;
  #view: BoothView | null = null;
  readonly #tracks = new Map<number, Track>();
  readonly #link: KernelLink<Questions>;

  constructor(model: AnyModel) {
    this.#link = new KernelLink<Questions>(model, {
      state: (state) => {
        if (state === this.kernelState) return;
        this.kernelState = state;
        this.#view?.showState();
      },
      problem: (problem) => this.#tell(problem),
    });
    this.store = new TakeStore(this.#link);
    this.player = new TakesPlayer(this.output, {
      sound: (id) => this.#ready(id),
      gain: (id) => this.gain(id),
      changed: () => this.#view?.showState(),
      moved: () => this.#view?.showPlace(),
    });
    this.reading = new Reading(this.player);
  }

  async attach(view: BoothView): Promise<void> {
    this.#view = view;
    view.showState();
    const { answer } = await this.#link.ask("open", {});
    this.shown = new Arrangement(answer);
    this.columns = new Set(answer.columns.filter(({ shown }) => shown).map(({ name }) => name));
    this.arrange({});
  }

  close(): void {
    this.player.close();
    this.#link.close();
    this.#view = null;
  }

  // -- what is shown ------------------------------------------------------------------------------

  /** The row that is listened to. */
  get current(): Row | null {
    return this.#current;
  }

  /** The factor at which a take is played. */
  gain(id: number): number {
    const gain = this.store.measured.get(id)?.gain;
    return this.matched && gain ? 10 ** (gain.decibels / 20) : 1;
  }

  /** A measure of the take of a row; null where it is not known. */
  value(row: Row, measure: string): number | null {
    const shown = this.shown?.take(row);
    return (shown && this.store.measured.get(shown.id)?.values[measure]) ?? null;
  }

  /** Its standard deviation over the repeats, as far as they are measured; null without any. */
  spread(row: Row, measure: string): number | null {
    const ids = this.shown?.repeatsOf(row) ?? [];
    const values = ids.map((id) => this.store.measured.get(id)?.values[measure] ?? null);
    return deviation(values.filter((value) => value !== null));
  }

  track(id: number): Track {
    let track = this.#tracks.get(id);
    if (!track) {
      const take = this.#take(id);
      track = { id, places: new Places(take.times, take.seconds) };
      this.#tracks.set(id, track);
    }
    return track;
  }

  // -- what the listener does ---------------------------------------------------------------------

  /** Listen to another voice, at the same place of the text. */
  choose(row: Row | undefined): void {
    const shown = row && this.shown?.take(row);
    if (!row || !shown || !this.shown) return;
    this.#current = row;
    this.player.choose(this.track(shown.id));
    this.reading.read(shown.take, this.shown.asked);
    this.#view?.showState();
    const several = this.shown.sources.length > 1;
    this.#view?.announce(several ? `${row.voice}, ${row.source}` : row.voice);
  }

  /** Listen to the next row, or the one before. */
  chooseBeside(step: 1 | -1): void {
    const rows = this.shown?.rows ?? [];
    const index = this.#current ? rows.indexOf(this.#current) : -1;
    this.choose(rows[Math.max(0, Math.min(rows.length - 1, index + step))]);
  }

  /** Go to the next word, or the one before; or select one more. */
  step(step: 1 | -1, select: boolean): void {
    if (select) this.select(() => this.reading.extend(step));
    else this.#view?.announce(this.reading.step(step));
  }

  /** Do something that changes what is selected. */
  select(change: () => void): void {
    change();
    this.#view?.showState();
  }

  setMatched(matched: boolean): void {
    this.matched = matched;
    this.player.regain();
    this.#view?.showState();
    this.#view?.announce(matched ? "Loudness matched" : "Loudness as recorded");
  }

  /** Show another text, another repeat, other groups, or another order. */
  arrange(changes: Partial<Pick<Arrangement, "text" | "repeat" | "grouping" | "sorting">>): void {
    const { shown } = this;
    if (!shown) return;
    if (changes.text !== undefined) {
      this.reading.selection = null;
      this.player.repeat(null);
      this.player.choose(null);
    }
    Object.assign(shown, changes);
    shown.arrange((row) => this.value(row, shown.sorting.by));
    this.#view?.showRows();
    const stays = this.#current && shown.take(this.#current);
    const row = stays ? this.#current : shown.rows.find((other) => shown.take(other));
    if (row && this.player.track?.id !== shown.take(row)?.id) this.choose(row);
    this.#view?.showState();
    void this.#fetch();
  }

  setColumn(measure: string, shown: boolean): void {
    if (shown) this.columns.add(measure);
    else this.columns.delete(measure);
    this.#view?.showRows();
    this.#view?.showState();
  }

  dismissProblem(): void {
    this.#tell("");
  }

  // -- what happens -------------------------------------------------------------------------------

  #take(id: number): TakeFacts {
    return this.shown?.summary.takes[id] as TakeFacts;
  }

  /** All that is shown: sounds first, which are there sooner than what is measured. */
  async #fetch(): Promise<void> {
    const { shown } = this;
    if (!shown) return;
    const wanted = shown.shown;
    if (this.store.sounds.size > MOST_SOUNDS) this.store.keep(new Set(wanted.map(({ id }) => id)));
    const others = shown.rows.flatMap((row) => shown.repeatsOf(row));
    try {
      for (const { id, take } of wanted) {
        await this.store.sound(id, take);
        this.#view?.showTake(id);
      }
      for (const id of [...wanted.map(({ id }) => id), ...others]) {
        if (this.store.measured.has(id)) continue;
        await this.store.measures(id);
        this.#view?.showTake(id);
      }
    } catch {
      // The link has told why.
    }
  }

  #ready(id: number): Sound | Promise<Sound> {
    const sound = this.store.sounds.get(id);
    if (sound && this.store.measured.has(id)) return sound;
    const coming = [this.store.sound(id, this.#take(id)), this.store.measures(id)] as const;
    return Promise.all(coming).then(([there]) => there);
  }

  #tell(problem: string): void {
    this.problem = problem;
    this.#view?.showState();
  }
}
