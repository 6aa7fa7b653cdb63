// Which microphone, and what the browser may do to its sound.

import type { Controller } from "./controller.ts";
import { element } from "./dom.ts";
import { ICONS } from "./icons.ts";

export class SettingsView {
  readonly element = element("details", { class: "rl-settings" });

  readonly #controller: Controller;
  readonly #devices = element("select", { class: "rl-select", "aria-label": "Microphone" });
  readonly #echo = element("input", { type: "checkbox" });
  readonly #noise = element("input", { type: "checkbox" });
  readonly #underruns = element("p", { class: "rl-small" });

  constructor(controller: Controller) {
    this.#controller = controller;
    const summary = element("summary", {
      class: "rl-button rl-icon",
      "aria-label": "Audio settings",
      title: "Audio settings",
    });
    summary.innerHTML = ICONS.settings;
    this.element.append(
      summary,
      element(
        "div",
        { class: "rl-panel" },
        element("label", { class: "rl-field" }, "Microphone", this.#devices),
        element("label", { class: "rl-check" }, this.#echo, "Echo cancellation"),
        element(
          "label",
          { class: "rl-check" },
          this.#noise,
          "Noise suppression and automatic gain",
        ),
        this.#underruns,
      ),
    );
    this.#devices.onchange = () => controller.setMicrophone({ device: this.#devices.value });
    this.#echo.onchange = () => controller.setMicrophone({ echoCancellation: this.#echo.checked });
    this.#noise.onchange = () =>
      controller.setMicrophone({ noiseSuppression: this.#noise.checked });
    this.element.onkeydown = (event) => {
      if (event.key !== "Escape" || !this.element.open) return;
      this.element.open = false;
      summary.focus();
    };
  }

  show(): void {
    const { settings, devices, underruns } = this.#controller.state;
    this.#showDevices(settings.device, devices);
    this.#echo.checked = settings.echoCancellation;
    this.#noise.checked = settings.noiseSuppression;
    this.#underruns.textContent = `Playback pauses for late audio: ${underruns}`;
  }

  #showDevices(chosen: string, devices: MediaDeviceInfo[]): void {
    const names = devices.map((device, i) => device.label || `Microphone ${i + 1}`);
    const key = JSON.stringify(names);
    // A list that is rebuilt closes under the reader's hand.
    if (this.#devices.dataset.names !== key) {
      this.#devices.dataset.names = key;
      this.#devices.replaceChildren(
        element("option", { value: "" }, "System default"),
        ...devices.map((device, i) =>
          element("option", { value: device.deviceId }, names[i] ?? ""),
        ),
      );
    }
    this.#devices.value = chosen;
  }
}
