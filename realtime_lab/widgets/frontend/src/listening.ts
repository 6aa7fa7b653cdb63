// The anywidget module of widgets/listening_view.py.

import type { AnyModel } from "@anywidget/types";
import { fetchSound } from "./booth/fetch_sound.ts";
import { WebAudioTakes } from "./booth/takes_output.ts";
import { KernelLink } from "./kernel_link.ts";
import { expose } from "./listening/hooks.ts";
import type { Questions } from "./listening/messages.ts";
import { ListeningPanel } from "./listening/panel.ts";
import { Sitting } from "./listening/sitting.ts";
import { StimulusPlayer } from "./listening/stimulus_player.ts";

export default {
  render({ model, el }: { model: AnyModel; el: HTMLElement }): () => void {
    const link = new KernelLink<Questions>(model, {
      state: (state) => sitting.showKernel(state),
      problem: (problem) => sitting.tell(problem),
    });
    const output = new WebAudioTakes();
    const player = new StimulusPlayer(output, (trial, letter, clip) =>
      fetchSound(clip, async (first, count) => {
        const { buffers } = await link.ask("audio", { trial, letter, first, count });
        return buffers[0];
      }),
    );
    const sitting = new Sitting(link, player, () => performance.now());
    const panel = new ListeningPanel(sitting);
    el.append(panel.element);
    sitting.attach(panel).catch(() => {
      // The link has told why.
    });
    expose(sitting, output);
    return () => {
      sitting.close();
      link.close();
    };
  },
};
