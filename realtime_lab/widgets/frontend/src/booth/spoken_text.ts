// The words that a take says, and how they differ from the text that was asked for.

import type { TakeFacts } from "./messages.ts";

export interface Token {
  text: string;
  start: number;
  end: number;
  /** `added`: not in the text. `missing`: in the text, but not said. `other`: said in its place. */
  kind: "said" | "added" | "missing" | "other";
  /** The word of the text that was asked for, where it is another. */
  asked: string;
}

const SENTENCE_END = /[.!?…。！？]["'”’)\]]*$/;

/** Every word in order: those that were said, and between them those that were not. */
export function tokensOf(take: TakeFacts, asked: readonly string[]): Token[] {
  const tokens: Token[] = [];
  let next = 0;
  const missing = (until: number) => {
    for (; next < until; next++) {
      const [start, end] = [take.times[2 * next] ?? 0, take.times[2 * next + 1] ?? 0];
      tokens.push({ text: asked[next] ?? "", start, end, kind: "missing", asked: "" });
    }
  };
  for (const [i, [text, start, end, match]] of take.said.entries()) {
    if (match === null) {
      // What is left out comes before what is said in its place.
      missing(take.said.slice(i).find(([, , , later]) => later !== null)?.[3] ?? asked.length);
      tokens.push({ text, start, end, kind: "added", asked: "" });
      continue;
    }
    missing(match);
    next = match + 1;
    const word = asked[match] ?? text;
    const same = plain(word) === plain(text);
    tokens.push({ text, start, end, kind: same ? "said" : "other", asked: same ? "" : word });
  }
  missing(asked.length);
  return tokens;
}

/** The word that is said at a time, or was the last one; -1 before the first. */
export function tokenAt(tokens: readonly Token[], time: number): number {
  for (let i = tokens.length - 1; i >= 0; i--) {
    const token = tokens[i] as Token;
    if (token.kind !== "missing" && token.start <= time + 1e-3) return i;
  }
  return -1;
}

/** The next word that was said, from one on in a direction; the same one where there is none. */
export function neighbour(tokens: readonly Token[], index: number, step: 1 | -1): number {
  for (let i = index + step; i >= 0 && i < tokens.length; i += step)
    if (tokens[i]?.kind !== "missing") return i;
  return index;
}

/** First and last word of the sentence that a word is in. */
export function sentenceOf(tokens: readonly Token[], index: number): [number, number] {
  let first = Math.max(0, index);
  let last = first;
  while (first > 0 && !SENTENCE_END.test(tokens[first - 1]?.text ?? "")) first--;
  while (last < tokens.length - 1 && !SENTENCE_END.test(tokens[last]?.text ?? "")) last++;
  return [first, last];
}

/** How many words are other ones than in the text, left out, or added. */
export function differences(take: TakeFacts, asked: readonly string[]): number {
  return tokensOf(take, asked).filter(({ kind }) => kind !== "said").length;
}

function plain(word: string): string {
  return word.toLocaleLowerCase().replace(/[^\p{L}\p{N}]/gu, "") || word;
}
