// What a browser test or a benchmark can read: the newest voice booth, as
// `globalThis.__realtimeLabBooth`. Nothing else in the page uses it.

import type { Booth } from "./booth.ts";
import type { BoothPanel } from "./panel.ts";

export interface Hook {
  booth: Booth;
  panel: BoothPanel;
  /** Root mean square of what was played last. */
  level(): number;
}

export function expose(booth: Booth, panel: BoothPanel): void {
  const hook: Hook = { booth, panel, level: () => booth.output.level() };
  (globalThis as { __realtimeLabBooth?: Hook }).__realtimeLabBooth = hook;
}
