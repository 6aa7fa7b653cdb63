// A link carries frames between this page and the session in the kernel's process.

import type { AnyModel } from "@anywidget/types";
import { decodeFrame, encodeFrame } from "./framing.ts";
import type { PathName } from "./paths.ts";

const CONNECT_MS = 4000;
const SUBPROTOCOL = "realtime-lab";
/** Smaller chunks make the notebook channel cost the browser most of a core. */
const COMM_CHUNK_MS = 100;

/** What a frame says; each widget has messages of its own. */
export interface Header {
  readonly type: string;
  readonly token?: string;
}

export interface Link {
  readonly path: PathName;
  send(header: Header, pcm?: Int16Array): void;
  close(): void;
}

export interface LinkEvents {
  frame(header: Header, pcm: Int16Array<ArrayBuffer>): void;
  closed(): void;
}

/** Open a WebSocket to the bridge; rejects unless the bridge welcomes us in time. */
export function openSocketLink(
  path: PathName,
  url: string,
  token: string,
  events: LinkEvents,
): Promise<Link> {
  return new Promise((resolve, reject) => {
    // Only our bridge answers with this subprotocol: a stranger on that port never sees the token.
    const socket = new WebSocket(url, SUBPROTOCOL);
    socket.binaryType = "arraybuffer";
    const send = (header: Header, pcm?: Int16Array) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(encodeFrame({ ...header }, pcm));
    };
    let welcomed = false;
    const timer = setTimeout(() => socket.close(), CONNECT_MS);
    socket.onopen = () => send({ type: "hello", token });
    socket.onmessage = ({ data }) => {
      if (!welcomed) {
        welcomed = true;
        clearTimeout(timer);
        resolve({ path, send, close: () => socket.close() });
      }
      const { header, pcm } = decodeFrame(new Uint8Array(data));
      events.frame(header as unknown as Header, pcm);
    };
    socket.onclose = () => {
      clearTimeout(timer);
      if (welcomed) events.closed();
      else reject(new Error(`no answer at ${url}`));
    };
  });
}

/** Use the notebook's own channel. `client` tells this page from others on the same kernel. */
export function openCommLink(
  model: AnyModel,
  client: string,
  token: string,
  events: LinkEvents,
): Link {
  const frames: Uint8Array<ArrayBuffer>[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    try {
      model.send(
        { type: "frames", client },
        undefined,
        frames.splice(0).map((f) => f.buffer),
      );
    } catch {
      close();
      events.closed();
    }
  };
  const send = (header: Header, pcm?: Int16Array) => {
    frames.push(encodeFrame({ ...header }, pcm));
    if (header.type !== "mic" && header.type !== "played") flush();
    else timer ??= setTimeout(flush, COMM_CHUNK_MS);
  };
  const receive = (content: { type?: string; client?: string }, buffers: DataView[]) => {
    if (content.type !== "frames" || content.client !== client) return;
    for (const buffer of buffers) {
      const { header, pcm } = decodeFrame(buffer as DataView<ArrayBuffer>);
      events.frame(header as unknown as Header, pcm);
    }
  };
  const close = () => {
    clearTimeout(timer);
    model.off("msg:custom", receive);
  };
  model.on("msg:custom", receive);
  send({ type: "hello", token });
  return {
    path: "comm",
    send,
    close: () => {
      send({ type: "bye" });
      close();
    },
  };
}
