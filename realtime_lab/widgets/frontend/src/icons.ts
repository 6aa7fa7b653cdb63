// Line icons on a 24 × 24 grid, drawn in the colour of the text around them.

const draw = (paths: string) =>
  `<svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true" focusable="false" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${paths}</svg>`;

const MICROPHONE =
  '<rect x="9" y="3" width="6" height="11" rx="3"/><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3"/>';

export const ICONS = {
  microphone: draw(MICROPHONE),
  muted: draw(`${MICROPHONE}<path d="M4 4l16 16"/>`),
  stop: draw('<rect x="6.5" y="6.5" width="11" height="11" rx="2" fill="currentColor"/>'),
  send: draw('<path d="M12 19V5M6 11l6-6 6 6"/>'),
  settings: draw(
    '<path d="M4 7h9M17 7h3M4 17h3M11 17h9"/><circle cx="15" cy="7" r="2"/><circle cx="9" cy="17" r="2"/>',
  ),
  play: draw('<path d="M7 4.5v15l12-7.5z" fill="currentColor"/>'),
  pause: draw('<path d="M8 5v14M16 5v14"/>'),
  match: draw('<path d="M4 12h16M7 8v8M12 5v14M17 8v8"/>'),
  repeat: draw(
    '<path d="M17 3l3.5 3.5L17 10M20 6.5H8a5 5 0 0 0-5 5M7 21l-3.5-3.5L7 14M4 17.5h12a5 5 0 0 0 5-5"/>',
  ),
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
