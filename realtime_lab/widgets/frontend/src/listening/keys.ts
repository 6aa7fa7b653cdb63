// The keys of a listening test, wherever in it the focus is.

import { letter, type Sitting } from "./sitting.ts";

const LETTERS = 26;

/** The keys of a trial with so many stimuli, as `aria-keyshortcuts` wants them. */
export function keysFor(stimuli: number): string {
  const letters = Array.from({ length: Math.min(stimuli, LETTERS) }, (_, index) => letter(index));
  return [...letters, "Space", "ArrowLeft", "ArrowRight", "Enter", "Backspace"].join(" ");
}

/** What is looked at of a key that was pressed. */
export type KeyboardEventLike = Pick<
  KeyboardEvent,
  "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey" | "repeat"
>;

/** Does what a key is for; says whether it is for anything. */
export function pressed(sitting: Sitting, event: KeyboardEventLike): boolean {
  const { key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  // A key that is held down must not skip through the trials, nor count as many plays.
  if (event.repeat && !key.startsWith("Arrow")) return true;
  const compares = sitting.opened?.scale.compares ?? true;
  if (/^[a-z]$/i.test(key)) {
    const index = key.toUpperCase().charCodeAt(0) - 65;
    if (index >= (sitting.trial?.clips.length ?? 0)) return false;
    sitting.play(index);
  } else if (key === " ") sitting.player.toggle();
  else if (key === "Enter") void sitting.submit();
  else if (key === "Backspace") void sitting.back();
  else if (compares && key === "ArrowRight") sitting.shift(0, 1);
  else if (compares && key === "ArrowLeft") sitting.shift(0, -1);
  else if (!compares && key === "ArrowRight") rate(sitting, event.shiftKey ? 10 : 1);
  else if (!compares && key === "ArrowLeft") rate(sitting, event.shiftKey ? -10 : -1);
  else return false;
  return true;
}

/** Rate the one that was played last. */
function rate(sitting: Sitting, steps: number): void {
  const { current } = sitting.player;
  if (current !== null) sitting.shift(current, steps);
}

/** Whether what has the focus needs a key for itself. */
export function needsKey(target: Element, key: string): boolean {
  if (target.closest("textarea")) return true;
  if (target.closest("input[type=range]")) return /^(Arrow|Home|End|Page)/.test(key);
  if (target.closest("input[type=radio]")) return /^Arrow/.test(key) || key === " ";
  return (key === " " || key === "Enter") && target.closest("button, summary, a") !== null;
}
