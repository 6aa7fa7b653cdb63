// Line icons on a 24 × 24 grid, drawn in the colour of the text around them.

export const draw = (paths: string) =>
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
} as const;
