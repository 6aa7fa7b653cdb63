import assert from "node:assert/strict";
import { test } from "node:test";
import { Kernel } from "../src/inspector/kernel.ts";

type Sent = { page: string; id: number; question: string; asks: object };

function kernel() {
  const sent: Sent[] = [];
  const told: string[] = [];
  let receive = (_: object, __: DataView[]) => {};
  let alive = true;
  const model = {
    send: (message: Sent) => {
      if (!alive) throw new Error("Cannot send");
      sent.push(message);
    },
    on: (_: string, callback: typeof receive) => {
      receive = callback;
    },
    off: () => {},
  };
  const made = new Kernel(model as never, {
    grown: (events, seconds) => told.push(`grown ${events} ${seconds}`),
    measured: () => told.push("measured"),
    state: (state) => told.push(state),
    problem: (problem) => told.push(problem),
  });
  const die = () => {
    alive = false;
  };
  return { kernel: made, sent, told, die, receive: (m: object) => receive(m, []) };
}

const answer = ({ page, id }: Sent, total: number) => ({
  type: "answer",
  page,
  id,
  answer: { total },
});
const EMPTY = { filter: {} as never };

test("each question gets its own answer, in whatever order they come", async () => {
  const { kernel: link, sent, receive } = kernel();
  const one = link.ask("count", EMPTY);
  const two = link.ask("count", EMPTY);
  receive(answer(sent[1] as Sent, 2));
  receive(answer(sent[0] as Sent, 1));
  assert.equal((await one).answer.total, 1);
  assert.equal((await two).answer.total, 2);
  assert.equal(link.waiting, 0);
  link.close();
});

test("answers to another page are not ours", () => {
  const { kernel: link, sent, receive } = kernel();
  void link.ask("count", EMPTY);
  receive(answer({ ...(sent[0] as Sent), page: "other" }, 7));
  assert.equal(link.waiting, 1);
  link.close();
});

test("what the kernel refuses is told, and so is a kernel that is gone", async () => {
  const { kernel: link, sent, told, receive, die } = kernel();
  const asked = link.ask("count", EMPTY);
  const { page, id } = sent[0] as Sent;
  receive({ type: "refused", page, id, problem: "no such turn" });
  await assert.rejects(asked, /no such turn/);
  die();
  await assert.rejects(link.ask("count", EMPTY));
  assert.ok(told.includes("no such turn") && told.includes("gone"));
  link.close();
});

test("a kernel that does not answer for a while is busy until it does", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { kernel: link, sent, told, receive } = kernel();
  void link.ask("count", EMPTY);
  context.mock.timers.tick(2000);
  assert.deepEqual(told, ["busy"]);
  receive(answer(sent[0] as Sent, 1));
  assert.deepEqual(told, ["busy", "ready"]);
  link.close();
});

test("the news of the kernel is told", () => {
  const { kernel: link, told, receive } = kernel();
  receive({ type: "grown", events: 12, seconds: 3.5 });
  receive({ type: "measured" });
  assert.deepEqual(told, ["grown 12 3.5", "measured"]);
  link.close();
});
