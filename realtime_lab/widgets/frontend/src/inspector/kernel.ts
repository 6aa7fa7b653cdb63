// Questions to the kernel over the notebook's own channel, and the news it tells.

import type { AnyModel } from "@anywidget/types";
import type { FromKernel, Question, Questions } from "./messages.ts";

/** After this long without an answer the reader is told why. */
const BUSY_MS = 1500;

/** `busy`: a cell is running, and the kernel answers after it. `gone`: it will not answer. */
export type KernelState = "ready" | "busy" | "gone";

export interface KernelEvents {
  grown(events: number, seconds: number): void;
  /** More of the spans and the waveforms can be had. */
  measured(): void;
  state(state: KernelState): void;
  problem(problem: string): void;
}

export interface Answer<Q extends Question> {
  answer: Questions[Q]["answer"];
  buffers: DataView[];
}

interface Waiting {
  resolve(answer: { answer: object; buffers: DataView[] }): void;
  reject(error: Error): void;
}

export class Kernel {
  readonly #model: Pick<AnyModel, "send" | "on" | "off">;
  readonly #events: KernelEvents;
  /** Every page with this notebook gets every message: this tells our answers from theirs. */
  readonly #page = Math.random().toString(36).slice(2);
  readonly #waiting = new Map<number, Waiting>();
  #questions = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(model: Pick<AnyModel, "send" | "on" | "off">, events: KernelEvents) {
    this.#model = model;
    this.#events = events;
    model.on("msg:custom", this.#receive);
  }

  /** How many questions wait for an answer. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Rejects when the kernel refuses, or is gone. */
  ask<Q extends Question>(question: Q, asks: Questions[Q]["asks"]): Promise<Answer<Q>> {
    const id = ++this.#questions;
    return new Promise<Answer<Q>>((resolve, reject) => {
      try {
        this.#model.send({ type: "ask", page: this.#page, id, question, asks });
      } catch (error) {
        this.#events.state("gone");
        reject(error as Error);
        return;
      }
      this.#waiting.set(id, { resolve: resolve as Waiting["resolve"], reject });
      this.#timer ??= setTimeout(() => this.#events.state("busy"), BUSY_MS);
    });
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#model.off("msg:custom", this.#receive);
    this.#waiting.clear();
  }

  readonly #receive = (message: FromKernel, buffers: DataView[]): void => {
    switch (message.type) {
      case "grown":
        this.#events.grown(message.events, message.seconds);
        break;
      case "measured":
        this.#events.measured();
        break;
      case "answer":
        if (message.page === this.#page)
          this.#take(message.id)?.resolve({ answer: message.answer, buffers });
        break;
      case "refused":
        if (message.page === this.#page) {
          this.#take(message.id)?.reject(new Error(message.problem));
          this.#events.problem(message.problem);
        }
        break;
    }
  };

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    clearTimeout(this.#timer);
    this.#timer = this.#waiting.size
      ? setTimeout(() => this.#events.state("busy"), BUSY_MS)
      : undefined;
    this.#events.state("ready");
    return waiting;
  }
}
