// The microphone: opened on demand, read in an AudioWorklet, given out as frames of 20 ms.

import source from "worklet:capture";
import { workletNode } from "./worklet_node.ts";

export interface MicrophoneFrame {
  pcm: Int16Array<ArrayBuffer>;
  /** Root mean square, 0 to 1. */
  level: number;
  /** Epoch milliseconds at which the frame was complete. */
  at: number;
}

export interface MicrophoneSettings {
  device: string;
  echoCancellation: boolean;
  noiseSuppression: boolean;
}

export interface MicrophoneEvents {
  frame(frame: MicrophoneFrame): void;
  /** The device went away while in use. */
  lost(): void;
}

export class Microphone {
  readonly #events: MicrophoneEvents;
  #stream: MediaStream | null = null;
  #context: AudioContext | null = null;
  /** Counts starts and stops, so that a slow start that was stopped meanwhile gives up. */
  #turn = 0;

  constructor(events: MicrophoneEvents) {
    this.#events = events;
  }

  /** Ask for the microphone and listen; throws what the browser throws. */
  async start(settings: MicrophoneSettings): Promise<void> {
    this.stop();
    const turn = ++this.#turn;
    const stream = await openStream(settings);
    if (turn !== this.#turn) return closeStream(stream);
    this.#stream = stream;
    const context = new AudioContext({ latencyHint: "interactive" });
    this.#context = context;
    await context.resume();
    const node = await workletNode(context, "realtime-lab-capture", source, { numberOfOutputs: 0 });
    if (turn !== this.#turn) return;
    node.port.onmessage = ({ data }) => turn === this.#turn && this.#events.frame(data);
    context.createMediaStreamSource(stream).connect(node);
    for (const track of stream.getAudioTracks()) {
      track.onended = () => {
        this.stop();
        this.#events.lost();
      };
    }
  }

  stop(): void {
    this.#turn++;
    if (this.#stream) closeStream(this.#stream);
    void this.#context?.close();
    this.#stream = null;
    this.#context = null;
  }
}

function openStream({ device, echoCancellation, noiseSuppression }: MicrophoneSettings) {
  if (!navigator.mediaDevices) throw new DOMException("no media devices", "SecurityError");
  const audio: MediaTrackConstraints = {
    channelCount: 1,
    echoCancellation,
    noiseSuppression,
    autoGainControl: noiseSuppression,
  };
  if (device) audio.deviceId = { exact: device };
  return navigator.mediaDevices.getUserMedia({ audio });
}

function closeStream(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** The microphones that can be chosen; names are empty until permission was given once. */
export async function microphones(): Promise<MediaDeviceInfo[]> {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return devices.filter((device) => device.kind === "audioinput" && device.deviceId !== "");
}

/** What went wrong and what to do about it, in a sentence for the reader of the notebook. */
export function explainMicrophoneError(error: unknown): string {
  const name = error instanceof DOMException ? error.name : "";
  if (!globalThis.isSecureContext) {
    return (
      "This page may not use a microphone because it was opened over plain http from another " +
      "machine: open the notebook as http://localhost (for example through an SSH tunnel) or https."
    );
  }
  switch (name) {
    case "NotAllowedError":
      return (
        "The browser does not allow this page to use the microphone: allow it in the address " +
        "bar's site settings, then start the microphone again."
      );
    case "NotFoundError":
      return "No microphone was found: plug one in, or type to the model below.";
    case "NotReadableError":
    case "AbortError":
      return "The microphone is in use by another program: close that program, then start it again.";
    case "OverconstrainedError":
      return "The chosen microphone is gone: choose another one in the settings.";
    case "SecurityError":
      return "This notebook host gives widgets no microphone: open the notebook in JupyterLab instead.";
    default:
      return `The microphone could not be started (${String(error)}).`;
  }
}
