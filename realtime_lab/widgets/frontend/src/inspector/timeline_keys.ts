// What the keys do in the timeline.

import type { Keys } from "./table_keys.ts";

export type TimelineCommand =
  | { do: "zoom"; by: number }
  | { do: "step"; by: number }
  | { do: "pan"; by: number }
  | { do: "first" | "last" | "fit" | "play" | "select" | "search" };

/** Steps and pans are shares of what is in view. */
export function timelineCommand(event: Keys & { shiftKey: boolean }): TimelineCommand | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const direction = event.key === "ArrowLeft" ? -1 : 1;
  switch (event.key) {
    case "+":
    case "=":
      return { do: "zoom", by: 2 };
    case "-":
      return { do: "zoom", by: 0.5 };
    case "0":
      return { do: "fit" };
    case "ArrowLeft":
    case "ArrowRight":
      return { do: "step", by: direction * (event.shiftKey ? 0.1 : 0.01) };
    case "PageUp":
      return { do: "pan", by: -0.8 };
    case "PageDown":
      return { do: "pan", by: 0.8 };
    case "Home":
      return { do: "first" };
    case "End":
      return { do: "last" };
    case " ":
      return { do: "play" };
    case "Enter":
      return { do: "select" };
    case "/":
      return { do: "search" };
    default:
      return null;
  }
}
