// Questions to the kernel over the notebook's own channel, and its answers.

import type { AnyModel } from "@anywidget/types";

/** After this long without an answer the reader is told why. */
const BUSY_MS = 1500;

/** `busy`: a cell is running, and the kernel answers after it. `gone`: it will not answer. */
export type KernelState = "ready" | "busy" | "gone";

export interface LinkEvents {
  state(state: KernelState): void;
  problem(problem: string): void;
}

export interface Answer<Content> {
  answer: Content;
  buffers: DataView[];
}

/** What can be asked, and the answer to it. */
type Asking<Q> = { [K in keyof Q]: { asks: object; answer: object } };

interface Waiting {
  resolve(answer: Answer<object>): void;
  reject(error: Error): void;
}

type Reply =
  | { type: "answer"; page: string; id: number; answer: object }
  | { type: "refused"; page: string; id: number; problem: string };

export class KernelLink<Q extends Asking<Q>, News = never> {
  readonly #model: Pick<AnyModel, "send" | "on" | "off">;
  readonly #events: LinkEvents;
  readonly #news: (news: News) => void;
  /** Every page with this notebook gets every message: this tells our answers from theirs. */
  readonly #page = Math.random().toString(36).slice(2);
  readonly #waiting = new Map<number, Waiting>();
  #questions = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `news` is called with what the kernel says without being asked. */
  constructor(
    model: Pick<AnyModel, "send" | "on" | "off">,
    events: LinkEvents,
    news: (news: News) => void = () => {},
  ) {
    this.#model = model;
    this.#events = events;
    this.#news = news;
    model.on("msg:custom", this.#receive);
  }

  /** How many questions wait for an answer. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Rejects when the kernel refuses, or is gone. */
  ask<K extends keyof Q>(question: K, asks: Q[K]["asks"]): Promise<Answer<Q[K]["answer"]>> {
    const id = ++this.#questions;
    return new Promise((resolve, reject) => {
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

  readonly #receive = (message: Reply | News, buffers: DataView[]): void => {
    const reply = message as Reply;
    if (reply.type !== "answer" && reply.type !== "refused") this.#news(message as News);
    else if (reply.page === this.#page) {
      const waiting = this.#take(reply.id);
      if (reply.type === "answer") waiting?.resolve({ answer: reply.answer, buffers });
      else {
        waiting?.reject(new Error(reply.problem));
        this.#events.problem(reply.problem);
      }
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
