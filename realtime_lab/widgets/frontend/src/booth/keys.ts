// The keys of the voice booth, wherever in it the focus is.

import type { Booth } from "./booth.ts";

export const KEYS = "1 2 3 4 5 6 7 8 9 Space ArrowLeft ArrowRight ArrowUp ArrowDown M R Escape";

/** Does what a key is for; says whether it is for anything. */
export function pressed(booth: Booth, event: KeyboardEvent): boolean {
  const { key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const { reading } = booth;
  if (/^[1-9]$/.test(key)) booth.choose(booth.shown?.rows[Number(key) - 1]);
  else if (key === " ") booth.player.toggle();
  else if (key === "ArrowRight") booth.step(1, event.shiftKey);
  else if (key === "ArrowLeft") booth.step(-1, event.shiftKey);
  else if (key === "ArrowDown") booth.chooseBeside(1);
  else if (key === "ArrowUp") booth.chooseBeside(-1);
  else if (key === "Home") reading.seek(0);
  else if (key === "End") reading.seekToken(reading.tokens.length - 1);
  else if (key === "m" || key === "M") booth.setMatched(!booth.matched);
  else if (key === "r" || key === "R") booth.select(() => reading.toggleRepeat());
  else if (key === "Escape" && reading.selection) booth.select(() => reading.select(null));
  else return false;
  return true;
}

/** Whether what has the focus needs a key for itself. */
export function needsKey(target: Element, key: string): boolean {
  if (target.closest("input, textarea, select")) return true;
  return (key === " " || key === "Enter") && target.closest("button, summary, a") !== null;
}
