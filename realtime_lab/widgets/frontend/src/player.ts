// Playback of the model's voice, in an AudioWorklet that runs at the rate of the audio itself.

import source from "worklet:playback";
import { workletNode } from "./worklet_node.ts";

const RATE = 24_000;

export interface PlayerEvents {
  /** `seconds` of `item` have left the loudspeaker. */
  position(item: string, seconds: number): void;
  /** Root mean square of the last 50 ms, and the underruns so far. */
  level(level: number, underruns: number): void;
  /** After `stop`: the moment of silence, in epoch milliseconds. */
  silent(at: number): void;
  /** Whether the browser waits for a click before it plays anything. */
  blocked(blocked: boolean): void;
}

export class Player {
  readonly #events: PlayerEvents;
  #context: AudioContext | null = null;
  #node: Promise<AudioWorkletNode> | null = null;
  /** Items with audio still to play, and items that were stopped and stay silent. */
  readonly #open = new Set<string>();
  readonly #stopped = new Set<string>();

  constructor(events: PlayerEvents) {
    this.#events = events;
  }

  get playing(): boolean {
    return this.#open.size > 0;
  }

  play(item: string, samples: Int16Array<ArrayBuffer>): void {
    if (this.#stopped.has(item)) return;
    this.#open.add(item);
    this.#post({ type: "audio", item, samples }, [samples.buffer]);
  }

  finish(item: string): void {
    if (!this.#stopped.has(item)) this.#post({ type: "finish", item });
  }

  /** Be silent at once; what still arrives for the items in hand is dropped. */
  stop(): void {
    for (const item of this.#open) this.#stopped.add(item);
    this.#open.clear();
    this.#post({ type: "stop" });
  }

  /** Load the worklet before it is needed, and get going if the browser waited for a click. */
  async prepare(): Promise<void> {
    await this.#load();
    if (this.#context?.state === "suspended") await this.#context.resume();
    this.#events.blocked(this.#context?.state === "suspended");
  }

  close(): void {
    void this.#context?.close();
    this.#context = null;
    this.#node = null;
  }

  #post(message: object, transfer: Transferable[] = []): void {
    // Promise callbacks run in the order they were added, so messages keep theirs.
    void this.#load().then((node) => node.port.postMessage(message, transfer));
    this.#events.blocked(this.#context?.state === "suspended");
  }

  #load(): Promise<AudioWorkletNode> {
    this.#node ??= this.#start();
    return this.#node;
  }

  async #start(): Promise<AudioWorkletNode> {
    const context = new AudioContext({ sampleRate: RATE, latencyHint: "interactive" });
    this.#context = context;
    context.onstatechange = () => this.#events.blocked(context.state === "suspended");
    const node = await workletNode(context, "realtime-lab-playback", source, {
      numberOfInputs: 0,
      outputChannelCount: [1],
    });
    node.port.onmessage = ({ data }) => this.#receive(data);
    node.connect(context.destination);
    return node;
  }

  #receive(message: {
    type: "position" | "ended" | "level" | "silent";
    item: string;
    seconds: number;
    level: number;
    underruns: number;
    at: number;
  }): void {
    // What was rendered is heard one output latency later.
    const latency = this.#context?.outputLatency || 0;
    switch (message.type) {
      case "position":
        this.#events.position(message.item, Math.max(0, message.seconds - latency));
        break;
      case "ended":
        this.#open.delete(message.item);
        this.#events.position(message.item, message.seconds);
        break;
      case "level":
        this.#events.level(message.level, message.underruns);
        break;
      case "silent":
        this.#events.silent(message.at + 1000 * latency);
        break;
    }
  }
}
