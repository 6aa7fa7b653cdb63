// Forms made from JSON schemas.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  addItem,
  choices,
  type Field,
  fieldAt,
  formOf,
  hasRoomFor,
  type Json,
  jsonOf,
  problemsOf,
  removeItem,
  type Schema,
  setPresent,
} from "../src/tools/schema_model.ts";

const ORDER: Schema = {
  type: "object",
  $defs: {
    Address: {
      type: "object",
      properties: {
        street: { type: "string" },
        floor: { anyOf: [{ type: "integer" }, { type: "null" }] },
      },
      required: ["street"],
    },
  },
  properties: {
    kind: { enum: ["margherita", "funghi"] },
    count: { type: "integer", minimum: 1, maximum: 9 },
    tip: { type: "number", exclusiveMinimum: 0, multipleOf: 0.5 },
    hot: { type: "boolean" },
    toppings: { type: "array", items: { type: "string", minLength: 2 }, maxItems: 2 },
    to: { $ref: "#/$defs/Address" },
    from: { anyOf: [{ $ref: "#/$defs/Address" }, { type: "null" }], description: "optional" },
    extra: {},
  },
  required: ["kind", "count", "toppings", "to"],
};

function at(form: Field, path: string): Field {
  const found = fieldAt(form, path);
  assert.equal(found.path, path);
  return found;
}

function fill(form: Field, texts: { [path: string]: string }): Field {
  for (const [path, text] of Object.entries(texts)) at(form, path).text = text;
  return form;
}

test("each type has a field of its own kind, found through references and optional types", () => {
  const form = formOf(ORDER);
  const kinds = Object.fromEntries(form.children.map(({ name, kind }) => [name, kind]));
  assert.deepEqual(kinds, {
    kind: "enum",
    count: "integer",
    tip: "number",
    hot: "boolean",
    toppings: "array",
    to: "object",
    from: "object",
    extra: "json",
  });
  assert.equal(at(form, "to.floor").kind, "integer");
  assert.equal(at(form, "from").schema.description, "optional");
  assert.deepEqual(choices(at(form, "kind")), ["margherita", "funghi"]);
});

test("what is optional and empty is left out, what is required and empty is told", () => {
  const form = formOf(ORDER);
  assert.deepEqual(jsonOf(form), { toppings: [], to: { street: "" } });
  assert.deepEqual(problemsOf(form), [
    { path: "kind", problem: "Needed" },
    { path: "count", problem: "Needed" },
  ]);
});

test("a form is worth the JSON of what is filled in", () => {
  const form = fill(formOf(ORDER), {
    kind: '"funghi"',
    count: " 3 ",
    tip: "1.5",
    hot: "false",
    "to.street": "Main",
    "to.floor": "2",
    extra: '{"any": [1]}',
  });
  addItem(at(form, "toppings")).text = "olives";
  assert.deepEqual(problemsOf(form), []);
  assert.deepEqual(jsonOf(form), {
    kind: "funghi",
    count: 3,
    tip: 1.5,
    hot: false,
    toppings: ["olives"],
    to: { street: "Main", floor: 2 },
    extra: { any: [1] },
  });
});

for (const [path, text, problem] of [
  ["count", "many", "Not a number"],
  ["count", "1.5", "Not a whole number"],
  ["count", "0", "At least 1"],
  ["count", "10", "At most 9"],
  ["tip", "0", "More than 0"],
  ["tip", "0.7", "A multiple of 0.5"],
  ["extra", "{", "Not valid JSON"],
] as const) {
  test(`${path} = ${text} is told: ${problem}`, () => {
    const form = fill(formOf(ORDER), { kind: '"funghi"', count: "1", [path]: text });
    assert.deepEqual(problemsOf(form), [{ path, problem }]);
  });
}

test("texts are checked by length and pattern, a pattern that no browser knows by the kernel", () => {
  const text = (schema: Schema, value: string) =>
    problemsOf(
      formOf({ type: "object", properties: { a: schema }, required: ["a"] }, { a: value }),
    ).map(({ problem }) => problem);
  assert.deepEqual(text({ type: "string", minLength: 3 }, "ab"), ["At least 3 characters"]);
  assert.deepEqual(text({ type: "string", minLength: 1 }, ""), ["Needed"]);
  assert.deepEqual(text({ type: "string", maxLength: 1 }, "👍"), []);
  assert.deepEqual(text({ type: "string", maxLength: 1 }, "ab"), ["At most 1 characters"]);
  assert.deepEqual(text({ type: "string", pattern: "^[a-z]+$" }, "A"), ["Must match ^[a-z]+$"]);
  assert.deepEqual(text({ type: "string", pattern: "(?i)x" }, "y"), []);
});

test("lists grow and shrink, and their elements are named by their place", () => {
  const form = formOf(ORDER, { toppings: ["a1", "b2", "c3"] });
  const list = at(form, "toppings");
  assert.ok(
    problemsOf(form).some(({ path, problem }) => path === "toppings" && problem === "At most 2"),
  );
  removeItem(list, 0);
  assert.deepEqual(jsonOf(list), ["b2", "c3"]);
  assert.equal(at(form, "toppings[1]").text, "c3");
  at(form, "toppings[1]").text = "c";
  assert.deepEqual(problemsOf(list), [{ path: "toppings[1]", problem: "At least 2 characters" }]);
});

test("an optional object is there when it is filled in", () => {
  const form = formOf(ORDER);
  const from = at(form, "from");
  assert.equal(from.present, false);
  setPresent(from, true);
  at(form, "from.street").text = "Side";
  assert.deepEqual(jsonOf(from), { street: "Side" });
  setPresent(from, false);
  assert.equal(jsonOf(from), undefined);
});

test("a value comes back out of its form as it went in", () => {
  const value: Json = {
    kind: "margherita",
    count: 2,
    hot: true,
    toppings: ["aa", "bb"],
    to: { street: "Main", floor: 0 },
    from: { street: "" },
    extra: [1, { b: null }],
  };
  assert.deepEqual(jsonOf(formOf(ORDER, value)), value);
});

test("what a form cannot hold is written as JSON and comes back too", () => {
  const value: Json = { count: "three", toppings: "none", to: null, kind: 7 };
  const form = formOf(ORDER, value);
  assert.equal(at(form, "count").kind, "json");
  assert.deepEqual(jsonOf(form), value);
});

test("types that refer to themselves end, and unions and open objects are written as JSON", () => {
  const tree: Schema = {
    type: "object",
    $defs: {
      Node: { type: "object", properties: { next: { $ref: "#/$defs/Node" } }, required: ["next"] },
    },
    properties: {
      node: { $ref: "#/$defs/Node" },
      either: { anyOf: [{ type: "string" }, { type: "integer" }] },
      map: { type: "object", additionalProperties: { type: "integer" } },
      pair: { type: "array", prefixItems: [{ type: "string" }] },
      lost: { $ref: "#/$defs/Nothing" },
      loop: { $ref: "#/properties/loop" },
    },
    required: ["node"],
  };
  const form = formOf(tree);
  for (const name of ["either", "map", "pair", "lost", "loop"])
    assert.equal(at(form, name).kind, "json");
  assert.equal(fieldAt(form, "node.next.next.next.next.next.next.next").kind, "json");
});

test("a problem of the kernel finds its field, or the nearest one around it", () => {
  const form = formOf(ORDER, { toppings: ["a"] });
  assert.equal(fieldAt(form, "to.street").path, "to.street");
  assert.equal(fieldAt(form, "toppings[0]").path, "toppings[0]");
  assert.equal(fieldAt(form, "to.zip").path, "to");
  assert.equal(fieldAt(form, "nothing").path, "");
});

test("a form that would lose an argument is known", () => {
  const closed = { type: "object", properties: { city: { type: "string" } } };
  const has = (schema: Schema, value?: Json) => hasRoomFor(formOf(schema, value), value);
  assert.equal(has(closed, { city: "Oslo" }), true);
  assert.equal(has(closed, { city: "Oslo", unit: "C" }), false);
  assert.equal(has({ ...closed, required: ["city"] }, {}), true);
  assert.equal(has(closed), true);
  assert.equal(has({}), false);
  assert.equal(has({ type: "object" }, { any: [1, { deep: true }] }), false);
  assert.equal(has({ type: "object", properties: {} }), true);
  assert.equal(has({ type: "object", additionalProperties: false }), true);
});

test("a tool without parameters has an empty form", () => {
  assert.deepEqual(jsonOf(formOf({})), {});
  assert.deepEqual(problemsOf(formOf({ type: "object", properties: {} })), []);
});
