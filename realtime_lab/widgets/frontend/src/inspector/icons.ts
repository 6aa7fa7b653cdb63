// Line icons of the inspector, as those of the console (../icons.ts).

import { draw } from "../icons.ts";

export const ICONS = {
  play: draw('<path d="M7 4.5v15l12-7.5z" fill="currentColor"/>'),
  pause: draw('<path d="M8 5v14M16 5v14"/>'),
  zoomIn: draw('<circle cx="11" cy="11" r="6.5"/><path d="M16 16l4.5 4.5M11 8.5v5M8.5 11h5"/>'),
  zoomOut: draw('<circle cx="11" cy="11" r="6.5"/><path d="M16 16l4.5 4.5M8.5 11h5"/>'),
  fit: draw('<path d="M4 5v14M20 5v14M8 12h8M10.5 9.5L8 12l2.5 2.5M13.5 9.5L16 12l-2.5 2.5"/>'),
  up: draw('<path d="M6 15l6-6 6 6"/>'),
  down: draw('<path d="M6 9l6 6 6-6"/>'),
  close: draw('<path d="M6 6l12 12M18 6L6 18"/>'),
  copy: draw(
    '<rect x="9" y="9" width="11" height="11" rx="2"/><path d="M5 15V5a1 1 0 0 1 1-1h9"/>',
  ),
  user: draw('<circle cx="12" cy="8" r="4"/><path d="M5 20a7 7 0 0 1 14 0"/>'),
  model: draw('<path d="M5 10v4h3l4 4V6l-4 4zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11"/>'),
} as const;
