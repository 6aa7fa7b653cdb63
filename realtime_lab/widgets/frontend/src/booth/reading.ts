// The words of the take that is played: which one is said, and which are selected. What is selected
// is kept as a passage of the text, so that it stays when another voice is chosen.

import type { TakeFacts } from "./messages.ts";
import { neighbour, sentenceOf, type Token, tokenAt, tokensOf } from "./spoken_text.ts";
import type { Passage, TakesPlayer } from "./takes_player.ts";

type Player = Pick<TakesPlayer<unknown>, "track" | "position" | "passage" | "seek" | "repeat">;

export class Reading {
  tokens: Token[] = [];
  selection: Passage | null = null;
  readonly #player: Player;

  constructor(player: Player) {
    this.#player = player;
  }

  /** The word that is said, or was the last one; -1 before the first. */
  get token(): number {
    return tokenAt(this.tokens, this.#player.position);
  }

  /** First and last word that are selected. */
  get selected(): [number, number] | null {
    const { track } = this.#player;
    if (!this.selection || !track) return null;
    const from = track.places.time(this.selection.from);
    const to = track.places.time(this.selection.to);
    const inside = this.tokens.flatMap((token, i) => {
      const middle = (token.start + token.end) / 2;
      return middle >= from && middle <= to ? [i] : [];
    });
    return inside.length ? [inside[0] as number, inside.at(-1) as number] : null;
  }

  read(take: TakeFacts, asked: readonly string[]): void {
    this.tokens = tokensOf(take, asked);
  }

  /** Go to a time of the take. */
  seek(time: number): void {
    const { track } = this.#player;
    if (track) this.#player.seek(track.places.at(time));
  }

  seekToken(index: number): void {
    const token = this.tokens[index];
    if (token) this.seek(token.start);
  }

  /** Go to the next word, or the one before; tells which it is. */
  step(step: 1 | -1): string {
    const to = neighbour(this.tokens, this.token, step);
    this.seekToken(to);
    return this.tokens[to]?.text ?? "";
  }

  /** Select from one word to another; null for none. */
  select(range: readonly [number, number] | null): void {
    const { track } = this.#player;
    if (!range || !track) this.selection = null;
    else {
      const first = this.tokens[Math.max(0, Math.min(...range))];
      const last = this.tokens[Math.max(0, ...range)];
      this.selection = {
        from: track.places.at(first?.start ?? 0),
        to: track.places.at(last?.end ?? 0),
      };
    }
    if (this.#player.passage || !range) this.#player.repeat(this.selection);
  }

  /** Select the words that are said between two times. */
  selectTimes(from: number, to: number): void {
    this.select([from, to].map((time) => tokenAt(this.tokens, time)) as [number, number]);
  }

  /** Select one word more in a direction. */
  extend(step: 1 | -1): void {
    const at = Math.max(0, this.token);
    const [first, last] = this.selected ?? [at, at];
    if (!this.selected) this.select([at, at]);
    else if (step > 0) this.select([first, neighbour(this.tokens, last, 1)]);
    else this.select([neighbour(this.tokens, first, -1), last]);
  }

  /** Repeat what is selected, or else the sentence that is said; again, to go on. */
  toggleRepeat(): void {
    if (this.#player.passage) {
      this.#player.repeat(null);
      return;
    }
    if (!this.selected) this.select(sentenceOf(this.tokens, this.token));
    this.#player.repeat(this.selection);
  }
}
