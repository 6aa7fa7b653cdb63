// What the keys do in the table.

export type TableCommand =
  | { do: "move"; by: number }
  | { do: "first" | "last" | "open" | "close" | "fold" | "unfold" | "toggle" }
  | { do: "search" | "next" | "previous" | "play" | "playHere" };

export interface Keys {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

/** What a key asks for in a table of which a page has `page` lines; null for keys of others. */
export function tableCommand(event: Keys, page: number): TableCommand | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  switch (event.key) {
    case "ArrowDown":
      return { do: "move", by: 1 };
    case "ArrowUp":
      return { do: "move", by: -1 };
    case "PageDown":
      return { do: "move", by: page };
    case "PageUp":
      return { do: "move", by: -page };
    case "Home":
      return { do: "first" };
    case "End":
      return { do: "last" };
    case "Enter":
      return { do: "open" };
    case "Escape":
      return { do: "close" };
    case "ArrowRight":
      return { do: "unfold" };
    case "ArrowLeft":
      return { do: "fold" };
    case "f":
      return { do: "toggle" };
    case "/":
      return { do: "search" };
    case "n":
      return { do: "next" };
    case "N":
      return { do: "previous" };
    case " ":
      return { do: "play" };
    case "p":
      return { do: "playHere" };
    default:
      return null;
  }
}
