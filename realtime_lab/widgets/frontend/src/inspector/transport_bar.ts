// Play, pause, which sides are heard, and how much time the timeline shows.

import { element, iconButton, setIcon, setText } from "../dom.ts";
import { ICONS } from "../icons.ts";
import { clockTime } from "./format.ts";
import type { Inspector } from "./inspector.ts";
import { SIDES, type Side } from "./messages.ts";

const NAMES: { [side in Side]: string } = { user: "user", model: "model" };

export class TransportBar {
  readonly element: HTMLElement;
  readonly #inspector: Inspector;
  readonly #play = iconButton("rl-button rl-icon rl-primary", ICONS.play, "Play");
  readonly #time = element("span", { class: "rl-clock" });
  readonly #state = element("span", { class: "rl-note", role: "status" });
  readonly #sides = new Map<Side, HTMLButtonElement>();

  constructor(inspector: Inspector) {
    this.#inspector = inspector;
    this.#play.onclick = () => inspector.togglePlay();
    for (const side of SIDES) {
      const button = iconButton("rl-button rl-icon", ICONS[side], `Mute the ${NAMES[side]}`);
      button.onclick = () => inspector.player.setMuted(side, !inspector.player.isMuted(side));
      this.#sides.set(side, button);
    }
    const { timeline } = inspector;
    const zoom = (icon: string, label: string, change: () => void) => {
      const button = iconButton("rl-button rl-icon", icon, label);
      button.onclick = () => {
        change();
        timeline.moved();
      };
      return button;
    };
    const { axis } = timeline;
    const middle = () => axis.start + axis.span / 2;
    this.element = element(
      "div",
      { class: "rl-transport", role: "toolbar", "aria-label": "Replay" },
      this.#play,
      this.#time,
      element("span", { class: "rl-sides" }, ...this.#sides.values()),
      this.#state,
      element(
        "span",
        { class: "rl-zoom" },
        zoom(ICONS.zoomOut, "Show more time", () => axis.zoom(0.5, middle())),
        zoom(ICONS.fit, "Show all of it", () => axis.fit()),
        zoom(ICONS.zoomIn, "Show less time", () => axis.zoom(2, middle())),
      ),
    );
  }

  showState(): void {
    const { player, length } = this.#inspector;
    const [icon, label] = player.isActive
      ? [ICONS.pause, "Pause"]
      : [ICONS.play, player.state === "paused" ? "Go on" : "Play"];
    setIcon(this.#play, icon, label);
    this.#play.disabled = length === 0;
    for (const [side, button] of this.#sides) {
      const muted = player.isMuted(side);
      setIcon(button, ICONS[side], `Mute the ${NAMES[side]}`);
      button.setAttribute("aria-pressed", String(muted));
    }
    const state = player.state === "waiting" ? "Waiting for audio" : "";
    setText(this.#state, state);
    this.showCursor();
  }

  showCursor(): void {
    const { player, length } = this.#inspector;
    this.#time.textContent = `${clockTime(player.cursor, 0.1)} / ${clockTime(length, 0.1)}`;
  }
}
