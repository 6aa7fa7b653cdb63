// Keeps one link to the kernel open: asks for the bridge, tries its paths, comes back after a loss.

import type { AnyModel } from "@anywidget/types";
import { type Header, type Link, type LinkEvents, openCommLink, openSocketLink } from "./links.ts";
import { jupyterBaseUrl, type PathName, socketUrls } from "./paths.ts";

const RETRY_MS = [500, 2000, 5000, 10_000];

/** After this long without an answer the kernel must be running a cell. */
const PATIENCE_MS = 3000;

export type Phase = "connecting" | "waiting" | "open" | "lost";

export interface ConnectionEvents<FromKernel> {
  phase(phase: Phase, path: PathName | null): void;
  frame(header: FromKernel, pcm: Int16Array<ArrayBuffer>): void;
}

interface Offer {
  type: "offer";
  client: string;
  port: number;
  token: string;
  paths: PathName[];
}

/** The types are those of the messages of a widget, in both directions. */
export class Connection<FromKernel extends Header, ToKernel extends Header> {
  readonly #model: AnyModel;
  readonly #events: ConnectionEvents<FromKernel>;
  readonly #client = crypto.getRandomValues(new Uint32Array(2)).join("-");
  #link: Link | null = null;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(model: AnyModel, events: ConnectionEvents<FromKernel>) {
    this.#model = model;
    this.#events = events;
    model.on("msg:custom", this.#receive);
  }

  /** Ask the kernel where its bridge is; the answer waits while a cell runs. */
  open(): void {
    clearTimeout(this.#timer);
    this.#events.phase("connecting", null);
    try {
      this.#model.send({ type: "connect", client: this.#client, origin: location.origin });
      this.#timer = setTimeout(() => this.#events.phase("waiting", null), PATIENCE_MS);
    } catch {
      this.#events.phase("lost", null);
    }
  }

  send(header: ToKernel, pcm?: Int16Array): void {
    this.#link?.send(header, pcm);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#model.off("msg:custom", this.#receive);
    this.#link?.close();
    this.#link = null;
  }

  readonly #receive = (content: Partial<Offer>): void => {
    if (content.type === "offer" && content.client === this.#client)
      void this.#accept(content as Offer);
  };

  async #accept(offer: Offer): Promise<void> {
    const events: LinkEvents = {
      frame: (header, pcm) => {
        if (header.type === "welcome") this.#failures = 0;
        this.#events.frame(header as FromKernel, pcm);
      },
      closed: () => this.#lost(),
    };
    clearTimeout(this.#timer);
    this.#link?.close();
    const link = await this.#firstLink(offer, events);
    if (this.#closed) return link?.close();
    this.#link = link;
    if (link) this.#events.phase("open", link.path);
    else this.#lost();
  }

  async #firstLink(offer: Offer, events: LinkEvents): Promise<Link | null> {
    for (const [path, url] of socketUrls(offer.port, location, jupyterBaseUrl())) {
      if (!offer.paths.includes(path)) continue;
      try {
        return await openSocketLink(path, url, offer.token, events);
      } catch {
        // The next path may work; the one in use is shown to the reader.
      }
    }
    if (!offer.paths.includes("comm")) return null;
    return openCommLink(this.#model, this.#client, offer.token, events);
  }

  #lost(): void {
    this.#link = null;
    if (this.#closed) return;
    this.#events.phase("lost", null);
    const wait = RETRY_MS[this.#failures++];
    if (wait !== undefined) this.#timer = setTimeout(() => this.open(), wait);
  }
}
