// Line icons of the voice booth, as those of the console (../icons.ts).

import { draw } from "../icons.ts";

export const ICONS = {
  play: draw('<path d="M7 4.5v15l12-7.5z" fill="currentColor"/>'),
  pause: draw('<path d="M8 5v14M16 5v14"/>'),
  match: draw('<path d="M4 12h16M7 8v8M12 5v14M17 8v8"/>'),
  repeat: draw(
    '<path d="M17 3l3.5 3.5L17 10M20 6.5H8a5 5 0 0 0-5 5M7 21l-3.5-3.5L7 14M4 17.5h12a5 5 0 0 0 5-5"/>',
  ),
  close: draw('<path d="M6 6l12 12M18 6L6 18"/>'),
} as const;
