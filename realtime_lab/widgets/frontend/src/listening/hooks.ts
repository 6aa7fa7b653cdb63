// What a browser test can read: the newest listening test, as `globalThis.__realtimeLabListening`.
// Nothing else in the page uses it.

import type { WebAudioTakes } from "../booth/takes_output.ts";
import type { Sitting } from "./sitting.ts";

export function expose(sitting: Sitting, output: WebAudioTakes): void {
  const hook = { sitting, level: () => output.level() };
  (globalThis as { __realtimeLabListening?: typeof hook }).__realtimeLabListening = hook;
}
