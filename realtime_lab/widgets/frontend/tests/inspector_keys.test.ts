import assert from "node:assert/strict";
import { test } from "node:test";
import { tableCommand } from "../src/inspector/table_keys.ts";
import { timelineCommand } from "../src/inspector/timeline_keys.ts";

const key = (name: string, held: object = {}) => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

test("the table is walked by key", () => {
  assert.deepEqual(tableCommand(key("ArrowDown"), 15), { do: "move", by: 1 });
  assert.deepEqual(tableCommand(key("PageUp"), 15), { do: "move", by: -15 });
  const others = ["Home", "End", "Enter", "Escape", "f", "/", "n", "N", " ", "p"];
  assert.deepEqual(
    others.map((name) => tableCommand(key(name), 15)?.do),
    ["first", "last", "open", "close", "toggle", "search", "next", "previous", "play", "playHere"],
  );
});

test("the timeline is walked by key", () => {
  assert.deepEqual(timelineCommand(key("ArrowLeft")), { do: "step", by: -0.01 });
  assert.deepEqual(timelineCommand(key("ArrowRight", { shiftKey: true })), { do: "step", by: 0.1 });
  assert.deepEqual(timelineCommand(key("+")), { do: "zoom", by: 2 });
  assert.deepEqual(
    ["0", "Home", "End", " ", "Enter", "/"].map((name) => timelineCommand(key(name))?.do),
    ["fit", "first", "last", "play", "select", "search"],
  );
});

test("what the host does with a key held together with another stays the host's", () => {
  for (const held of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }]) {
    assert.equal(tableCommand(key("f", held), 15), null);
    assert.equal(timelineCommand(key("0", held)), null);
  }
  assert.equal(tableCommand(key("x"), 15), null);
  assert.equal(timelineCommand(key("Tab")), null);
});
