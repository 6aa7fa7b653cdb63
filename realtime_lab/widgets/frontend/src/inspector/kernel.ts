// What the inspector asks the kernel, and the news it tells.

import type { AnyModel } from "@anywidget/types";
import { KernelLink, type LinkEvents } from "../kernel_link.ts";
import type { News, Questions } from "./messages.ts";

export type { KernelState } from "../kernel_link.ts";

export interface KernelEvents extends LinkEvents {
  grown(events: number, seconds: number): void;
  /** More of the spans and the waveforms can be had. */
  measured(): void;
}

export class Kernel extends KernelLink<Questions, News> {
  constructor(model: Pick<AnyModel, "send" | "on" | "off">, events: KernelEvents) {
    super(model, events, (news) => {
      if (news.type === "grown") events.grown(news.events, news.seconds);
      else if (news.type === "measured") events.measured();
    });
  }
}
