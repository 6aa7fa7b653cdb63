// What a browser test or a benchmark can read: the newest inspector, as
// `globalThis.__realtimeLabInspector`. Nothing else in the page uses it.

import type { Inspector } from "./inspector.ts";
import type { InspectorPanel } from "./panel.ts";

export interface Hook {
  inspector: Inspector;
  panel: InspectorPanel;
  /** Root mean square of what was played last, and the highest so far. */
  level(): number;
}

export function expose(inspector: Inspector, panel: InspectorPanel): void {
  const hook: Hook = { inspector, panel, level: () => inspector.player.output.level() };
  (globalThis as { __realtimeLabInspector?: Hook }).__realtimeLabInspector = hook;
}
