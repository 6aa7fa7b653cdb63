// The tool view between the kernel and its displays, over the notebook's own channel.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnyModel } from "@anywidget/types";
import { decodeFrame, encodeFrame } from "../src/framing.ts";
import { ToolsController, type ToolsView } from "../src/tools/controller.ts";
import type { CallLine, FromKernel, Refused, Tool } from "../src/tools/messages.ts";

/** A kernel that offers nothing but the notebook's channel. */
class FakeKernel {
  readonly received: Record<string, unknown>[] = [];
  #listener: ((content: object, buffers: DataView[]) => void) | null = null;
  #client = "";

  readonly model = {
    on: (_: string, listener: (content: object, buffers: DataView[]) => void) => {
      const before = this.#listener;
      this.#listener = (content, buffers) => {
        before?.(content, buffers);
        listener(content, buffers);
      };
    },
    off: () => {},
    send: (content: { type: string; client: string }, _: unknown, buffers: ArrayBuffer[]) => {
      if (content.type === "connect") this.#client = content.client;
      for (const buffer of buffers ?? [])
        this.received.push({ ...decodeFrame(new Uint8Array(buffer)).header });
    },
  } as unknown as AnyModel;

  offer(): void {
    const offer = { type: "offer", client: this.#client, port: 1, token: "t", paths: ["comm"] };
    this.#listener?.(offer, []);
  }

  tell(...messages: FromKernel[]): void {
    const buffers = messages.map((message) => {
      const bytes = encodeFrame({ ...message });
      return new DataView(bytes.buffer);
    });
    this.#listener?.({ type: "frames", client: this.#client }, buffers);
  }
}

class FakeView implements ToolsView {
  readonly seen: string[] = [];
  showState = () => {};
  showTool = ({ name, mode }: Tool) => this.seen.push(`tool ${name} ${mode.kind}`);
  showCall = ({ id, status }: CallLine) => this.seen.push(`call ${id} ${status}`);
  showTried = () => this.seen.push("tried");
  showRefused = () => this.seen.push("refused");
  clear = () => this.seen.push("clear");
}

const TOOL: Tool = {
  type: "tool",
  name: "weather",
  description: "",
  parameters: {},
  mode: { kind: "by_hand" },
};

function line(id: string, status: CallLine["status"]): CallLine {
  return {
    type: "call",
    id,
    name: "weather",
    response: "r",
    at: 0,
    status,
    arguments: "{}",
    problem: "",
    how: "by_hand",
    replies: [],
    delay: 0,
    notes: [],
    output: null,
    seconds: null,
    said: "",
    whole: true,
  };
}

async function opened(): Promise<{
  kernel: FakeKernel;
  controller: ToolsController;
  view: FakeView;
}> {
  const page = globalThis as { location?: unknown; document?: unknown };
  page.location = { origin: "http://x", protocol: "http:", hostname: "x", host: "x" };
  page.document = { getElementById: () => null, body: { dataset: {} } };
  const kernel = new FakeKernel();
  const controller = new ToolsController(kernel.model);
  const view = new FakeView();
  controller.attach(view);
  kernel.offer();
  await new Promise((resolve) => setImmediate(resolve));
  kernel.tell({ type: "welcome", session: "open" }, TOOL, line("a", "asked"), { type: "complete" });
  return { kernel, controller, view };
}

test("what the kernel knows is shown, and what waits for a person is found", async () => {
  const { kernel, controller, view } = await opened();
  assert.equal(controller.isOpen, true);
  assert.deepEqual(view.seen, ["clear", "tool weather by_hand", "call a asked"]);
  kernel.tell(line("b", "asked"), line("a", "answered"));
  assert.deepEqual(
    controller.asked.map(({ id }) => id),
    ["b"],
  );
  controller.close();
});

test("pieces of a text are put together until the whole comes", async () => {
  const { kernel, controller } = await opened();
  const more = (text: string): FromKernel => ({ type: "more", id: "a", field: "said", text });
  kernel.tell(more("It is "), more("grey."), { type: "more", id: "x", field: "said", text: "?" });
  assert.equal(controller.calls.get("a")?.said, "It is grey.");
  kernel.tell({ ...line("a", "answered"), said: "It is grey today." });
  assert.equal(controller.calls.get("a")?.said, "It is grey today.");
  controller.close();
});

test("a mode that was set anywhere is shown everywhere", async () => {
  const { kernel, controller, view } = await opened();
  kernel.tell({ type: "mode", tool: "weather", mode: { kind: "failing" } });
  assert.equal(view.seen.at(-1), "tool weather failing");
  kernel.tell({ type: "mode", tool: "unknown", mode: { kind: "failing" } });
  assert.equal(controller.tools.size, 1);
  controller.close();
});

test("commands reach the kernel as they are", async () => {
  const { kernel, controller } = await opened();
  controller.send({ type: "answer", call: "a", output: "rain", delay: 1.5 });
  controller.setMode("weather", { kind: "delayed", low: 1, high: 2 });
  assert.deepEqual(kernel.received.slice(-2), [
    { type: "answer", call: "a", output: "rain", delay: 1.5 },
    { type: "mode", tool: "weather", mode: { kind: "delayed", low: 1, high: 2 } },
  ]);
  controller.close();
});

test("a connection that comes back tells everything anew", async () => {
  const { kernel, controller, view } = await opened();
  kernel.tell({ type: "welcome", session: "closed" }, TOOL);
  assert.equal(view.seen.filter((what) => what === "clear").length, 2);
  assert.equal(controller.calls.size, 0);
  assert.equal(controller.session, "closed");
  controller.close();
});

test("an answer that is too long for a frame is refused at once", async () => {
  const { kernel, controller } = await opened();
  const refused: Refused[] = [];
  controller.attach(
    Object.assign(new FakeView(), { showRefused: (r: Refused) => refused.push(r) }),
  );
  const sent = kernel.received.length;
  controller.send({ type: "answer", call: "a", output: "x".repeat(70_000), delay: 0 });
  assert.deepEqual([kernel.received.length, refused.length], [sent, 1]);
  assert.deepEqual([refused[0]?.about, refused[0]?.what], ["a", "answer"]);
  assert.match(refused[0]?.problem ?? "", /too long/);
  controller.close();
});
