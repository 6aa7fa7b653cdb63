// The anywidget module of widgets/inspector.py: each display looks at the log for itself.

import type { AnyModel } from "@anywidget/types";
import { expose } from "./inspector/hooks.ts";
import { Inspector } from "./inspector/inspector.ts";
import { InspectorPanel } from "./inspector/panel.ts";

export default {
  render({ model, el }: { model: AnyModel; el: HTMLElement }): () => void {
    const inspector = new Inspector(model);
    const panel = new InspectorPanel(inspector);
    el.append(panel.element);
    inspector.attach(panel);
    expose(inspector, panel);
    return () => {
      panel.close();
      inspector.close();
    };
  },
};
