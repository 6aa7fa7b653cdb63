// One session of the agents SDK against a server: a tool, a spoken turn, an interruption.
//
//     node session.mjs ws://host:port/v1/realtime?model=… key
//
// Prints one JSON object: what the server said and what the SDK made of it. Whatever the SDK
// objects to goes to stderr and ends the session.

import { RealtimeAgent, RealtimeSession, tool } from "@openai/agents-realtime";
import { z } from "zod";
// Not exported by the package, and the one thing that says whether an event was understood.
import {
  parseRealtimeEvent,
  realtimeServerEventSchema,
} from "./node_modules/@openai/agents-realtime/dist/openaiRealtimeEvents.mjs";

const [url, apiKey] = process.argv.slice(2);
const BYTES_PER_MS = 48;
const WAIT_MS = 30_000;
// Longer than turn detection by meaning, the SDK's default, ever waits for more words.
const PAUSE_MS = 9_000;

const report = { server_events: [], tool_calls: [], happened: [] };
const known = new Set(realtimeServerEventSchema.options.map((schema) => schema.shape.type.value));
const unread = []; // of the server's events
let wake = () => {};

function heard(event) {
  report.server_events.push(event);
  if (known.has(event.type) && parseRealtimeEvent({ data: JSON.stringify(event) }).isGeneric)
    fail("not understood", event);
  unread.push(event);
  wake();
}

/** The first event of that type, and of which `wanted` is true, that was not asked for yet. */
async function next(type, wanted = () => true) {
  const timer = setTimeout(() => fail(`no ${type} came`, report), WAIT_MS);
  for (;;) {
    const found = unread.findIndex((event) => event.type === type && wanted(event));
    if (found >= 0) {
      clearTimeout(timer);
      return unread.splice(found, 1)[0];
    }
    await new Promise((resolve) => {
      wake = resolve;
    });
  }
}

/** The id of the next response to begin. */
const begun = async () => (await next("response.created")).response.id;
/** A response as it ended. */
const ended = async (id) => (await next("response.done", (e) => e.response.id === id)).response;
/** Whether an event's item holds these words of the user. */
const saying = (words) => (event) => event.item.content[0].transcript === words;

function fail(message, details) {
  console.error(message, JSON.stringify(details, null, 1));
  process.exit(1);
}

const weather = tool({
  name: "weather",
  description: "The weather of a city",
  parameters: z.object({ city: z.string() }),
  execute: async ({ city }) => {
    report.tool_calls.push(city);
    return "rain";
  },
});
const agent = new RealtimeAgent({ name: "Guide", instructions: "Be brief.", tools: [weather] });
const session = new RealtimeSession(agent, { transport: "websocket", model: "gpt-realtime" });
session.on("transport_event", heard);
session.on("error", ({ error }) => fail("error", error.error ?? String(error)));
for (const name of ["agent_tool_start", "agent_tool_end", "audio_interrupted"])
  session.on(name, () => report.happened.push(name));

function send(milliseconds, samples) {
  for (let sent = 0; sent < milliseconds; sent += 100) session.sendAudio(samples.buffer);
}
const silence = new Int16Array((100 * BYTES_PER_MS) / 2);
const speech = silence.map((_, n) => (n % 2 ? -16384 : 16384));

await session.connect({ apiKey, url });
await next("session.updated"); // the settings
await next("session.updated"); // tracing alone

// A tool call, run by the SDK, and the answer to its result.
session.sendMessage("How is the weather?");
await ended(await begun());
await ended(await begun());

// A spoken turn; the SDK asks for the item again once it is transcribed.
send(600, speech);
send(PAUSE_MS, silence);
await ended(await begun());
await next("conversation.item.retrieved", saying("good morning"));

// The model is interrupted while it speaks, and answers what interrupted it.
report.happened.push("story");
session.sendMessage("Tell me a story.");
const story = await begun();
const { item_id } = await next("response.output_audio.delta", (e) => e.response_id === story);
send(400, speech);
report.cancelled = await ended(story);
report.truncated = await next("conversation.item.truncated", (e) => e.item_id === item_id);
await next("conversation.item.retrieved", (e) => e.item.id === item_id);
send(PAUSE_MS, silence);
await ended(await begun());
await next("conversation.item.retrieved", saying("stop"));

report.history = session.history;
session.close();
process.stdout.write(JSON.stringify(report));
