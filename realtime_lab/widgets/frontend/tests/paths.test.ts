import assert from "node:assert/strict";
import { test } from "node:test";
import { socketUrls } from "../src/paths.ts";

const page = (url: string) => new URL(url);

test("a page on this machine goes to the kernel directly, then through the server", () => {
  assert.deepEqual(socketUrls(4321, page("http://localhost:8888/lab"), "/"), [
    ["direct", "ws://127.0.0.1:4321/"],
    ["proxy", "ws://localhost:8888/proxy/4321/"],
  ]);
});

test("a page from elsewhere never tries the reader's own machine", () => {
  assert.deepEqual(socketUrls(4321, page("https://hub.example.org/user/a/lab"), "/user/a/"), [
    ["proxy", "wss://hub.example.org/user/a/proxy/4321/"],
  ]);
});

test("a host without a Jupyter server leaves no socket to try", () => {
  assert.deepEqual(socketUrls(4321, page("https://example.org/"), null), []);
});
