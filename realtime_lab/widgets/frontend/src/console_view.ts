// One display of the console.

import type { ConsoleState, ConsoleView, Controller } from "./controller.ts";
import { element, iconButton, setIcon, setText, suppressShortcuts } from "./dom.ts";
import { ICONS } from "./icons.ts";
import type { Line } from "./messages.ts";
import { CONNECTION_LOST, Notice, SOUND_BLOCKED } from "./notice.ts";
import { PATH_NOTES } from "./paths.ts";
import { SettingsView } from "./settings_view.ts";
import { TranscriptView } from "./transcript_view.ts";

export class ConsolePanel implements ConsoleView {
  readonly element: HTMLElement;

  readonly #controller: Controller;
  readonly #transcript = new TranscriptView();
  readonly #settings: SettingsView;
  readonly #dot = element("span", { class: "rl-dot", "aria-hidden": "true" });
  readonly #name = element("strong", { class: "rl-model" });
  readonly #voice = element("span", { class: "rl-voice" });
  readonly #activity = element("span", { class: "rl-activity", role: "status" });
  readonly #latency = element("span", {
    class: "rl-chip",
    title: "From the end of your turn to the first audio of the reply",
  });
  readonly #path = element("span", { class: "rl-chip rl-path" });
  readonly #noticeAction = element("button", { type: "button", class: "rl-button" });
  readonly #notice = new Notice(this.#noticeAction);
  readonly #start = element("button", { type: "button", class: "rl-button rl-start" });
  readonly #hold = element("button", { type: "button", class: "rl-button rl-primary rl-hold" });
  readonly #mute = iconButton("rl-button rl-icon", ICONS.microphone, "Mute microphone");
  readonly #stop = iconButton("rl-button rl-icon rl-stop", ICONS.stop, "Stop the reply");
  readonly #meter = element("div", {
    class: "rl-meter",
    role: "meter",
    "aria-label": "Microphone level",
    "aria-valuemin": "0",
    "aria-valuemax": "100",
    "aria-valuenow": "0",
  });
  readonly #modes = element("div", {
    class: "rl-modes",
    role: "radiogroup",
    "aria-label": "Turn taking",
  });
  readonly #handsFree = radio("Hands-free", "The service notices when you finish speaking");
  readonly #pushToTalk = radio("Push to talk", "Hold the button or the space key while you speak");
  readonly #input = element("input", {
    type: "text",
    class: "rl-input",
    placeholder: "Type a message",
    "aria-label": "Message to the model",
    autocomplete: "off",
  });
  readonly #send = iconButton("rl-button rl-icon rl-send", ICONS.send, "Send message");

  constructor(controller: Controller) {
    this.#controller = controller;
    this.#settings = new SettingsView(controller);
    this.#modes.append(this.#handsFree, this.#pushToTalk);
    const form = element("form", { class: "rl-compose" }, this.#input, this.#send);
    this.#send.type = "submit";
    this.element = element(
      "section",
      { class: "rl-widget rl-console", "aria-label": "Realtime console" },
      element(
        "header",
        { class: "rl-head" },
        this.#dot,
        this.#name,
        this.#voice,
        this.#activity,
        this.#latency,
        this.#path,
      ),
      this.#notice.element,
      this.#transcript.element,
      this.#transcript.captions,
      element(
        "div",
        { class: "rl-controls" },
        this.#start,
        this.#hold,
        this.#meter,
        this.#mute,
        this.#stop,
        this.#modes,
        this.#settings.element,
      ),
      form,
    );
    suppressShortcuts(this.element);
    this.#listen(form);
    for (const line of controller.lines.values()) this.showLine(line);
    this.showState();
  }

  showState(): void {
    const { state, talk } = this.#controller;
    const open = state.phase === "open" && state.status.session !== "closed";
    const on = state.microphone === "on";
    const { handsFree } = talk;
    this.element.dataset.activity = open ? state.status.activity : "idle";
    const away = state.status.session === "reconnecting";
    this.#dot.dataset.state = open ? (away ? "connecting" : "open") : state.phase;
    this.#name.textContent = state.status.model || "Realtime session";
    this.#voice.textContent = state.status.voice;
    this.#activity.textContent = this.#activityText(open);
    this.#latency.hidden = state.status.latency_ms === null;
    this.#latency.textContent = `${Math.round(state.status.latency_ms ?? 0)} ms to first audio`;
    this.#showPath();
    this.#showNotice();
    this.#transcript.showHint(
      handsFree
        ? "Start the microphone and speak, or type a message."
        : "Hold the button or the space key and speak, or type a message.",
    );
    setIcon(this.#start, ICONS.microphone, START_LABELS[state.microphone], handsFree);
    this.#start.classList.toggle("rl-on", on);
    this.#start.classList.toggle("rl-primary", handsFree && !on);
    this.#start.classList.toggle("rl-icon", !handsFree);
    this.#start.setAttribute("aria-pressed", String(on));
    this.#hold.hidden = handsFree;
    setIcon(this.#hold, ICONS.microphone, talk.held ? "Let go to send" : "Hold to talk", true);
    this.#hold.setAttribute("aria-pressed", String(talk.held));
    this.#mute.hidden = !handsFree;
    setIcon(this.#mute, ICONS.muted, talk.muted ? "Unmute microphone" : "Mute microphone");
    this.#mute.setAttribute("aria-pressed", String(talk.muted));
    this.#mute.disabled = !on;
    this.#stop.disabled = !open || !["speaking", "thinking"].includes(state.status.activity);
    check(this.#handsFree, handsFree);
    check(this.#pushToTalk, !handsFree);
    for (const control of [
      this.#start,
      this.#hold,
      this.#handsFree,
      this.#pushToTalk,
      this.#send,
    ]) {
      control.disabled = !open;
    }
    this.#input.disabled = !open;
    this.#settings.show();
  }

  showLine(line: Line): void {
    this.#transcript.showLine(line);
  }

  showLevel(level: number): void {
    // -60 dBFS to 0 dBFS fill the bar, as on a mixing desk.
    const share = level > 0 ? Math.max(0, 1 + (20 * Math.log10(level)) / 60) : 0;
    this.#meter.style.setProperty("--rl-level", share.toFixed(3));
    this.#meter.setAttribute("aria-valuenow", String(Math.round(100 * share)));
  }

  showHeard(item: string, share: number): void {
    this.#transcript.showHeard(item, share);
  }

  #activityText(open: boolean): string {
    const { state, talk } = this.#controller;
    if (state.phase === "connecting") return "Connecting";
    if (state.phase === "waiting") return "Waiting for the kernel";
    if (state.phase === "lost") return "Disconnected";
    if (!open) return "Session closed";
    if (state.status.session === "reconnecting") return "Reconnecting";
    switch (state.status.activity) {
      case "hearing":
        return "Hearing you";
      case "thinking":
        return "Thinking";
      case "speaking":
        return "Speaking";
      default:
        return state.microphone === "on" && talk.handsFree && !talk.muted ? "Listening" : "Ready";
    }
  }

  #showPath(): void {
    const { path } = this.#controller.state;
    this.#path.hidden = path === null;
    if (path === null) return;
    this.#path.textContent = PATH_NOTES[path].label;
    this.#path.title = PATH_NOTES[path].title;
    this.#path.dataset.path = path;
  }

  #showNotice(): void {
    const { state } = this.#controller;
    const [text, action] = notice(state);
    this.#notice.show(text, action !== "");
    setText(this.#noticeAction, action);
  }

  #listen(form: HTMLFormElement): void {
    const controller = this.#controller;
    this.#start.onclick = () =>
      controller.state.microphone === "off"
        ? controller.startMicrophone()
        : controller.stopMicrophone();
    this.#mute.onclick = () => controller.setMuted(!controller.talk.muted);
    this.#stop.onclick = () => controller.interrupt();
    this.#handsFree.onclick = () => controller.setHandsFree(true);
    this.#pushToTalk.onclick = () => controller.setHandsFree(false);
    this.#modes.onkeydown = (event) => {
      if (!event.key.startsWith("Arrow")) return;
      const next = controller.talk.handsFree ? this.#pushToTalk : this.#handsFree;
      next.click();
      next.focus();
    };
    this.#noticeAction.onclick = () =>
      controller.state.phase === "lost" ? controller.reconnect() : controller.unblockSound();
    form.onsubmit = (event) => {
      event.preventDefault();
      const text = this.#input.value.trim();
      if (text) controller.say(text);
      this.#input.value = "";
    };
    this.#listenToHold();
  }

  #listenToHold(): void {
    const controller = this.#controller;
    const release = () => controller.talk.held && controller.release();
    this.#hold.onpointerdown = (event) => {
      this.#hold.setPointerCapture(event.pointerId);
      controller.press();
    };
    this.#hold.onpointerup = release;
    this.#hold.onpointercancel = release;
    this.element.onkeydown = (event) => {
      if (!this.#isTalkKey(event)) return;
      event.preventDefault();
      if (!event.repeat) controller.press();
    };
    this.element.onkeyup = (event) => {
      if (!this.#isTalkKey(event)) return;
      event.preventDefault();
      release();
    };
    // The key may be let go elsewhere, where no keyup reaches us.
    this.element.addEventListener("focusout", (event) => {
      if (!this.element.contains(event.relatedTarget as Node | null)) release();
    });
  }

  #isTalkKey(event: KeyboardEvent): boolean {
    if (event.code !== "Space" || this.#controller.talk.handsFree || this.#hold.disabled)
      return false;
    const target = event.target as HTMLElement;
    // The space key keeps its own meaning on every other control.
    return target === this.#hold || !target.closest("input, select, summary, button");
  }
}

/** What the reader has to know or do, and the label of the button that does it. */
function notice(state: ConsoleState): [text: string, action: string] {
  if (state.phase === "lost") {
    return [CONNECTION_LOST, "Reconnect"];
  }
  if (state.phase === "waiting") {
    return ["The kernel is busy: the console connects when the running cell is done.", ""];
  }
  if (state.microphoneProblem) return [state.microphoneProblem, ""];
  if (state.soundBlocked) {
    return [SOUND_BLOCKED, "Turn sound on"];
  }
  return [state.status.problem, ""];
}

const START_LABELS = {
  off: "Start microphone",
  starting: "Starting…",
  on: "Stop microphone",
} as const;

function radio(label: string, title: string): HTMLButtonElement {
  return element("button", { type: "button", role: "radio", class: "rl-mode", title }, label);
}

function check(button: HTMLButtonElement, checked: boolean): void {
  button.setAttribute("aria-checked", String(checked));
  button.tabIndex = checked ? 0 : -1;
}
