// When what the microphone hears goes to the model: always (hands-free, the service finds the end
// of a turn) or while a key or button is held (push to talk, letting go ends the turn).

import type { MicrophoneFrame } from "./microphone.ts";

/** Speech on its way through the sound card when the button is let go. */
const TAIL_MS = 150;

export interface TalkEvents {
  send(pcm: Int16Array, at: number): void;
  /** The user begins to talk over whatever is playing. */
  interrupt(): void;
  commit(): void;
}

export class Talk {
  handsFree = true;
  muted = false;
  held = false;
  readonly #events: TalkEvents;
  #sentAny = false;
  #tail: ReturnType<typeof setTimeout> | undefined;

  constructor(events: TalkEvents) {
    this.#events = events;
  }

  hear(frame: MicrophoneFrame): void {
    if (this.handsFree) {
      // Silence, not nothing: the service ends a turn by the silence after it.
      if (this.muted) frame.pcm.fill(0);
      this.#events.send(frame.pcm, frame.at);
    } else if (this.held || this.#tail) {
      this.#sentAny = true;
      this.#events.send(frame.pcm, frame.at);
    }
  }

  press(): void {
    if (this.held) return;
    this.held = true;
    if (this.#tail) {
      clearTimeout(this.#tail);
      this.#tail = undefined;
      return;
    }
    this.#sentAny = false;
    this.#events.interrupt();
  }

  release(): void {
    if (!this.held) return;
    this.held = false;
    this.#tail = setTimeout(() => {
      this.#tail = undefined;
      if (this.#sentAny) this.#events.commit();
    }, TAIL_MS);
  }
}
