// One per widget, however often it is displayed: the microphone, the player and the connection, and
// what they make of each other. Views show its state and call its commands.

import type { AnyModel } from "@anywidget/types";
import { Connection, type Phase } from "./connection.ts";
import { recorder } from "./hooks.ts";
import type { FromKernel, Line, Status, ToKernel } from "./messages.ts";
import {
  explainMicrophoneError,
  Microphone,
  type MicrophoneSettings,
  microphones,
} from "./microphone.ts";
import type { PathName } from "./paths.ts";
import { Player } from "./player.ts";
import { Talk } from "./talk.ts";

/** How long a microphone may run with no console on the page to stop it from. */
const UNSEEN_MS = 5000;

export interface ConsoleState {
  phase: Phase;
  path: PathName | null;
  status: Status;
  microphone: "off" | "starting" | "on";
  microphoneProblem: string;
  soundBlocked: boolean;
  settings: MicrophoneSettings;
  devices: MediaDeviceInfo[];
  underruns: number;
}

export interface ConsoleView {
  showState(): void;
  showLine(line: Line): void;
  showLevel(level: number): void;
  /** `share` of what was received of a line's audio has been heard. */
  showHeard(item: string, share: number): void;
}

export class Controller {
  readonly state: ConsoleState = {
    phase: "connecting",
    path: null,
    status: {
      session: "open",
      model: "",
      voice: "",
      activity: "idle",
      hands_free: true,
      latency_ms: null,
      problem: "",
    },
    microphone: "off",
    microphoneProblem: "",
    soundBlocked: false,
    settings: { device: "", echoCancellation: true, noiseSuppression: true },
    devices: [],
    underruns: 0,
  };
  readonly lines = new Map<string, Line>();
  readonly talk: Talk;

  readonly #views = new Set<ConsoleView>();
  readonly #received = new Map<string, number>();
  readonly #microphone: Microphone;
  readonly #player: Player;
  readonly #connection: Connection<FromKernel, ToKernel>;
  readonly #record = recorder(() => this.#connection.send({ type: "ping", sent: Date.now() }));
  #sequence = 0;
  #unseen: ReturnType<typeof setTimeout> | undefined;

  constructor(model: AnyModel) {
    this.#connection = new Connection<FromKernel, ToKernel>(model, {
      phase: (phase, path) => this.#showPhase(phase, path),
      frame: (header, pcm) => this.#receive(header, pcm),
    });
    this.talk = new Talk({
      send: (pcm, at) => this.#connection.send({ type: "mic", seq: this.#sequence++, at }, pcm),
      interrupt: () => this.#player.playing && this.interrupt(),
      commit: () => this.#connection.send({ type: "commit" }),
    });
    this.#microphone = new Microphone({
      frame: (frame) => {
        this.talk.hear(frame);
        const silent = this.talk.handsFree ? this.talk.muted : !this.talk.held;
        for (const view of this.#views) view.showLevel(silent ? 0 : frame.level);
      },
      lost: () => this.#showMicrophone("off", "The microphone was unplugged or taken away."),
    });
    this.#player = new Player({
      position: (item, seconds) => this.#showPosition(item, seconds),
      level: (level, underruns) => {
        this.#record.heard(level, underruns);
        if (underruns !== this.state.underruns) this.#change({ underruns });
      },
      silent: (at) => {
        this.#record.silent(at);
        this.#connection.send({ type: "silent", at });
      },
      blocked: (soundBlocked) => {
        if (soundBlocked !== this.state.soundBlocked) this.#change({ soundBlocked });
      },
    });
    addEventListener("pagehide", this.#leave);
    navigator.mediaDevices?.addEventListener("devicechange", this.#listDevices);
    this.#connection.open();
  }

  attach(view: ConsoleView): () => void {
    clearTimeout(this.#unseen);
    this.#views.add(view);
    void this.#player.prepare();
    void this.#listDevices();
    return () => {
      this.#views.delete(view);
      if (this.#views.size === 0) {
        this.#unseen = setTimeout(() => this.stopMicrophone(), UNSEEN_MS);
      }
    };
  }

  async startMicrophone(): Promise<void> {
    this.#showMicrophone("starting");
    void this.#player.prepare();
    try {
      await this.#microphone.start(this.state.settings);
      this.#showMicrophone("on");
      void this.#listDevices();
    } catch (error) {
      this.#microphone.stop();
      this.#showMicrophone("off", explainMicrophoneError(error));
    }
  }

  stopMicrophone(): void {
    this.talk.release();
    this.#microphone.stop();
    this.#showMicrophone("off");
  }

  /** Change how the microphone is opened; one that runs is opened again. */
  setMicrophone(settings: Partial<MicrophoneSettings>): void {
    Object.assign(this.state.settings, settings);
    if (this.state.microphone === "off") this.#change({});
    else void this.startMicrophone();
  }

  press(): void {
    this.talk.press();
    if (this.state.microphone === "off") void this.startMicrophone();
    this.#change({});
  }

  release(): void {
    this.talk.release();
    this.#change({});
  }

  setMuted(muted: boolean): void {
    this.talk.muted = muted;
    this.#change({});
  }

  setHandsFree(on: boolean): void {
    this.talk.handsFree = on;
    this.#connection.send({ type: "hands_free", on });
    this.#change({ status: { ...this.state.status, hands_free: on } });
  }

  say(text: string): void {
    void this.#player.prepare();
    this.#connection.send({ type: "say", text });
  }

  /** Silence first, then the news: the reader asked for silence. */
  interrupt(): void {
    this.#player.stop();
    this.#connection.send({ type: "interrupt" });
  }

  unblockSound(): void {
    void this.#player.prepare();
  }

  reconnect(): void {
    this.#connection.open();
  }

  close(): void {
    removeEventListener("pagehide", this.#leave);
    navigator.mediaDevices?.removeEventListener("devicechange", this.#listDevices);
    this.#leave();
    this.#player.close();
  }

  readonly #leave = (): void => {
    this.#microphone.stop();
    this.#connection.close();
  };

  readonly #listDevices = async (): Promise<void> => {
    this.#change({ devices: await microphones() });
  };

  #receive(header: FromKernel, pcm: Int16Array<ArrayBuffer>): void {
    switch (header.type) {
      case "welcome":
        this.lines.clear();
        for (const line of header.lines) this.#showLine(line);
        this.#showStatus(header.status);
        break;
      case "status":
        this.#showStatus(header);
        break;
      case "line":
        this.#showLine(header);
        break;
      case "audio":
        this.#noteAudio(header.item, pcm.length / 24_000);
        this.#player.play(header.item, pcm);
        break;
      case "finish":
        this.#player.finish(header.item);
        break;
      case "stop":
        this.#record.stop(header.at);
        this.#player.stop();
        break;
      case "pong":
        this.#record.pong(header);
        break;
    }
  }

  #showStatus(status: Partial<Status>): void {
    const { type: _, ...fields } = status as Partial<Status> & { type?: string };
    if (fields.hands_free !== undefined) this.talk.handsFree = fields.hands_free;
    this.#change({ status: { ...this.state.status, ...fields } });
    if (this.state.status.session === "closed" && this.state.microphone !== "off")
      this.stopMicrophone();
  }

  #showPhase(phase: Phase, path: PathName | null): void {
    this.#record.path(path);
    this.#change({ phase, path });
    if (phase === "open") return;
    this.#player.stop();
    // Nobody will tell what was heard of them: show them whole.
    for (const item of this.#received.keys()) this.#showHeard(item, 1);
    this.#received.clear();
    if (this.state.microphone !== "off") this.stopMicrophone();
  }

  #showLine(line: Line): void {
    this.lines.set(line.id, line);
    for (const view of this.#views) view.showLine(line);
  }

  #noteAudio(item: string, seconds: number): void {
    if (!this.#received.has(item)) this.#showHeard(item, 0);
    this.#received.set(item, (this.#received.get(item) ?? 0) + seconds);
  }

  #showHeard(item: string, share: number): void {
    for (const view of this.#views) view.showHeard(item, share);
  }

  #showPosition(item: string, seconds: number): void {
    this.#record.position(item, seconds);
    this.#connection.send({ type: "played", item, seconds });
    const received = this.#received.get(item);
    if (received) this.#showHeard(item, Math.min(1, seconds / received));
  }

  #showMicrophone(microphone: ConsoleState["microphone"], microphoneProblem = ""): void {
    this.#change({ microphone, microphoneProblem });
    if (microphone === "off") for (const view of this.#views) view.showLevel(0);
  }

  #change(changes: Partial<ConsoleState>): void {
    Object.assign(this.state, changes);
    for (const view of this.#views) view.showState();
  }
}
