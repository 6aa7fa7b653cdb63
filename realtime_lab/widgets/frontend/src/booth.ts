// The anywidget module of widgets/voice_booth.py: each display listens for itself.

import type { AnyModel } from "@anywidget/types";
import { Booth } from "./booth/booth.ts";
import { expose } from "./booth/hooks.ts";
import { BoothPanel } from "./booth/panel.ts";

export default {
  render({ model, el }: { model: AnyModel; el: HTMLElement }): () => void {
    const booth = new Booth(model);
    const panel = new BoothPanel(booth);
    el.append(panel.element);
    booth.attach(panel).catch(() => {
      // The link has told why.
    });
    expose(booth, panel);
    return () => {
      panel.close();
      booth.close();
    };
  },
};
