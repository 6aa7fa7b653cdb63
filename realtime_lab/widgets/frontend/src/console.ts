// The anywidget module of widgets/console.py: audio and connection live as long as the model, each
// display is a view of them.

import type { AnyModel } from "@anywidget/types";
import { ConsolePanel } from "./console_view.ts";
import { Controller } from "./controller.ts";

/** The host calls this once for each model. */
export default () => {
  let controller: Controller | null = null;
  return {
    initialize({ model }: { model: AnyModel }): () => void {
      controller = new Controller(model);
      return () => controller?.close();
    },

    render({ el }: { el: HTMLElement }): (() => void) | undefined {
      if (!controller) return;
      const panel = new ConsolePanel(controller);
      el.append(panel.element);
      return controller.attach(panel);
    },
  };
};
