// The anywidget module of widgets/tool_view.py: the connection lives as long as the model, each
// display is a view of it.

import type { AnyModel } from "@anywidget/types";
import { ToolsController } from "./tools/controller.ts";
import { ToolsPanel } from "./tools/panel.ts";

/** The host calls this once for each model. */
export default () => {
  let controller: ToolsController | null = null;
  return {
    initialize({ model }: { model: AnyModel }): () => void {
      controller = new ToolsController(model);
      return () => controller?.close();
    },

    render({ el }: { el: HTMLElement }): (() => void) | undefined {
      if (!controller) return;
      const panel = new ToolsPanel(controller);
      el.append(panel.element);
      return controller.attach(panel);
    },
  };
};
