// One display of a voice booth: what is shown of the takes, and what the listener does with it.
// Views show its state and call its commands.

import type { AnyModel } from "@anywidget/types";
import { KernelLink, type KernelState } from "../kernel_link.ts";
import type { Questions, Summary, TakeFacts } from "./messages.ts";
import { Places } from "./places.ts";
import {
  arranged,
  deviation,
  type Group,
  type Grouping,
  type Row,
  rowsOf,
  type Sorting,
  takeOf,
} from "./rows.ts";
import { neighbour, sentenceOf, type Token, tokenAt, tokensOf } from "./spoken_text.ts";
import { TakeStore } from "./take_store.ts";
import { type Sound, WebAudioTakes } from "./takes_output.ts";
import { type Passage, TakesPlayer, type Track } from "./takes_player.ts";

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
  summary: Summary | null = null;
  kernelState: KernelState = "ready";
  problem = "";
  text = 0;
  repeat = 0;
  matched = true;
  grouping: Grouping = "none";
  sorting: Sorting = { by: "", descending: false };
  columns = new Set<string>();
  /** First and last word that are selected, as numbers of tokens. */
  selected: [number, number] | null = null;
  /** The groups of rows in the order in which they are shown. */
  groups: Group[] = [];
  tokens: Token[] = [];
  readonly store: TakeStore;
  readonly output = new WebAudioTakes();
  readonly player: TakesPlayer<Sound>;

  #rows: Row[] = [];
  #current: Row | null = null;
  #tracks = new Map<number, Track>();
  #view: BoothView | null = null;
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
  }

  async attach(view: BoothView): Promise<void> {
    this.#view = view;
    const { answer } = await this.#link.ask("open", {});
    this.summary = answer;
    this.columns = new Set(answer.columns.filter(({ shown }) => shown).map(({ name }) => name));
    this.#rows = rowsOf(answer.takes);
    if (this.sources.length > 1) this.grouping = "source";
    this.#arrange();
    await this.#fetchShown();
  }

  close(): void {
    this.player.close();
    this.#link.close();
    this.#view = null;
  }

  // -- what is shown ------------------------------------------------------------------------------

  get sources(): string[] {
    return [...new Set(this.#rows.map(({ source }) => source))];
  }

  /** Every repeat that some take has. */
  get repeats(): number[] {
    return [...new Set(this.summary?.takes.map(({ repeat }) => repeat) ?? [])].sort((a, b) => a - b);
  }

  /** The rows in the order in which they are shown. */
  get rows(): Row[] {
    return this.groups.flatMap(({ rows }) => rows);
  }

  get current(): Row | null {
    return this.#current;
  }

  /** The words of the text that was asked for. */
  get asked(): string[] {
    return this.summary?.texts[this.text] ?? [];
  }

  /** The take of a row that is shown: its number and what it is. */
  take(row: Row): { id: number; take: TakeFacts } | null {
    const takes = this.summary?.takes ?? [];
    const id = takeOf(row, takes, this.text, this.repeat);
    return id === null ? null : { id, take: takes[id] as TakeFacts };
  }

  /** The longest of the takes that are shown, in seconds. */
  get longest(): number {
    return Math.max(0.1, ...this.rows.map((row) => this.take(row)?.take.seconds ?? 0));
  }

  /** The factor at which a take is played. */
  gain(id: number): number {
    const gain = this.store.measured.get(id)?.gain;
    return this.matched && gain ? 10 ** (gain.decibels / 20) : 1;
  }

  value(row: Row, column: string): number | null {
    const shown = this.take(row);
    return (shown && this.store.measured.get(shown.id)?.values[column]) ?? null;
  }

  /** The standard deviation of a measure over the repeats of a row; null where there are none. */
  spread(row: Row, column: string): number | null {
    const takes = this.summary?.takes ?? [];
    const own = row.takes.filter((id) => takes[id]?.text === this.text);
    const values = own.map((id) => this.store.measured.get(id)?.values[column] ?? null);
    return deviation(values.filter((value) => value !== null));
  }

  track(id: number): Track {
    let track = this.#tracks.get(id);
    if (!track) {
      const take = this.summary?.takes[id] as TakeFacts;
      track = { id, places: new Places(take.times, take.seconds) };
      this.#tracks.set(id, track);
    }
    return track;
  }

  /** The word at the place where the player is. */
  get token(): number {
    return tokenAt(this.tokens, this.player.position);
  }

  // -- what the listener does ---------------------------------------------------------------------

  /** Listen to another voice, at the same place of the text. */
  choose(row: Row | undefined): void {
    const shown = row && this.take(row);
    if (!row || !shown) return;
    this.#current = row;
    this.tokens = tokensOf(shown.take, this.asked);
    this.#reselect();
    this.player.choose(this.track(shown.id));
    const word = this.tokens[this.token]?.text;
    this.#view?.announce([row.voice, row.source, word].filter(Boolean).join(", "));
  }

  chooseBeside(step: 1 | -1): void {
    const { rows } = this;
    const index = this.#current ? rows.indexOf(this.#current) : -1;
    this.choose(rows[Math.max(0, Math.min(rows.length - 1, index + step))]);
  }

  togglePlay(): void {
    this.player.toggle();
  }

  /** Go to a time of the take that is played. */
  seek(time: number): void {
    const { track } = this.player;
    if (track) this.player.seek(track.places.at(time));
  }

  seekToken(index: number): void {
    const token = this.tokens[index];
    if (token) this.seek(token.start);
  }

  stepWord(step: 1 | -1, extend: boolean): void {
    const from = this.token;
    const to = from < 0 ? neighbour(this.tokens, -1, 1) : neighbour(this.tokens, from, step);
    if (extend) {
      const [first, last] = this.selected ?? [from, from];
      const other = step > 0 ? last : first;
      const moved = neighbour(this.tokens, other, step);
      this.select(step > 0 ? [first, moved] : [moved, last]);
    } else {
      this.seekToken(to);
      this.#view?.announce(this.tokens[to]?.text ?? "");
    }
  }

  /** Select words, from one to another; null for none. */
  select(range: [number, number] | null): void {
    this.selected = range && [Math.min(...range), Math.max(...range)];
    if (!range) this.player.repeat(null);
    else if (this.player.passage) this.player.repeat(this.passage);
    this.#view?.showState();
  }

  /** Select what lies between two times of the take that is played. */
  selectTimes(from: number, to: number): void {
    const first = Math.max(0, tokenAt(this.tokens, Math.min(from, to)));
    const last = Math.max(0, tokenAt(this.tokens, Math.max(from, to)));
    this.select([first, last]);
  }

  /** What is selected, as places of the text. */
  get passage(): Passage | null {
    const { track } = this.player;
    if (!this.selected || !track) return null;
    const [first, last] = this.selected;
    const start = this.tokens[first]?.start ?? 0;
    const end = this.tokens[last]?.end ?? 0;
    return { from: track.places.at(start), to: track.places.at(end) };
  }

  /** Repeat what is selected, or else the sentence; again, to go on. */
  toggleRepeat(): void {
    if (this.player.passage) {
      this.player.repeat(null);
      return;
    }
    if (!this.selected) this.selected = sentenceOf(this.tokens, this.token);
    this.player.repeat(this.passage);
  }

  setMatched(matched: boolean): void {
    this.matched = matched;
    this.player.regain();
    this.#view?.announce(matched ? "Loudness matched" : "Loudness as recorded");
    this.#view?.showState();
  }

  setText(text: number): void {
    this.text = text;
    this.selected = null;
    this.player.choose(null);
    this.#arrange();
    void this.#fetchShown();
  }

  setRepeat(repeat: number): void {
    this.repeat = repeat;
    this.#arrange();
    void this.#fetchShown();
  }

  setGrouping(grouping: Grouping): void {
    this.grouping = grouping;
    this.#arrange();
  }

  sort(by: string, descending: boolean): void {
    this.sorting = { by, descending };
    this.#arrange();
  }

  setColumn(name: string, shown: boolean): void {
    if (shown) this.columns.add(name);
    else this.columns.delete(name);
    this.#view?.showState();
  }

  dismissProblem(): void {
    this.#tell("");
  }

  // -- what happens -------------------------------------------------------------------------------

  #arrange(): void {
    const { by } = this.sorting;
    this.groups = arranged(this.#rows, this.grouping, this.sorting, (row) => this.value(row, by));
    this.#view?.showRows();
    const stays = this.#current && this.take(this.#current);
    const row = stays ? this.#current : this.rows.find((other) => this.take(other));
    const shown = row && this.take(row);
    if (row && shown && this.player.track?.id !== shown.id) this.choose(row);
    this.#view?.showState();
  }

  /** Selected words are places in the text, which another voice says at other tokens. */
  #reselect(): void {
    const passage = this.passageOf(this.selected);
    if (!passage || !this.#current) return;
    const shown = this.take(this.#current);
    if (!shown) return;
    const { places } = this.track(shown.id);
    const [from, to] = [places.time(passage.from), places.time(passage.to)];
    const first = Math.max(0, tokenAt(this.tokens, from));
    this.selected = [first, Math.max(first, tokenAt(this.tokens, to - 0.01))];
  }

  #selectedPlaces: Passage | null = null;

  private passageOf(selected: [number, number] | null): Passage | null {
    return selected ? this.#selectedPlaces : null;
  }

  async #fetchShown(): Promise<void> {
    const wanted = this.rows.map((row) => this.take(row)).filter((shown) => shown !== null);
    if (this.store.sounds.size > MOST_SOUNDS)
      this.store.keep(new Set(wanted.map(({ id }) => id)));
    try {
      // Sounds first, of all: they are there sooner than what is measured.
      for (const { id, take } of wanted) {
        await this.store.sound(id, take);
        this.#view?.showTake(id);
      }
      for (const { id } of wanted) {
        await this.store.measures(id);
        this.#view?.showTake(id);
      }
    } catch {
      // The link has told why.
    }
  }

  async #soon(id: number): Promise<Sound> {
    const take = this.summary?.takes[id] as TakeFacts;
    const [sound] = await Promise.all([this.store.sound(id, take), this.store.measures(id)]);
    this.#view?.showTake(id);
    return sound;
  }

  #ready(id: number): Sound | Promise<Sound> {
    const sound = this.store.sounds.get(id);
    return sound && this.store.measured.has(id) ? sound : this.#soon(id);
  }

  #tell(problem: string): void {
    this.problem = problem;
    this.#view?.showState();
  }
}
