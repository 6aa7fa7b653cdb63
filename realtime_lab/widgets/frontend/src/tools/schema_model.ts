// A form made from a JSON schema, as a tree of fields: what each holds, what it is worth as JSON,
// and what is wrong with it. Nothing in here touches a page.

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export interface Schema {
  type?: string | string[];
  title?: string;
  description?: string;
  enum?: Json[];
  const?: Json;
  default?: Json;
  properties?: { [name: string]: Schema };
  required?: string[];
  items?: Schema | boolean;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  $ref?: string;
  $defs?: { [name: string]: Schema };
  definitions?: { [name: string]: Schema };
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  multipleOf?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  minItems?: number;
  maxItems?: number;
  [keyword: string]: unknown;
}

/** `json` is for whatever has no form of its own: a field for JSON text. */
export type FieldKind =
  | "string"
  | "number"
  | "integer"
  | "boolean"
  | "enum"
  | "array"
  | "object"
  | "json";

export interface Field {
  kind: FieldKind;
  schema: Schema;
  root: Schema;
  name: string;
  /** As the kernel names it: `place.city`, `tags[0]`; empty for the whole. */
  path: string;
  required: boolean;
  /** Whether an optional object or list is there at all. */
  present: boolean;
  /** What is typed: text, a number, JSON; of an enum or a boolean, the JSON of what is chosen. */
  text: string;
  children: Field[];
}

export interface Problem {
  path: string;
  problem: string;
}

/** Objects within objects beyond this depth are written as JSON. */
const DEEPEST = 6;

export function formOf(parameters: Schema, value?: Json): Field {
  const whole = parameters.type === undefined ? { ...parameters, type: "object" } : parameters;
  return field(whole, parameters, "", "", true, value ?? {}, 0);
}

/** One more element of a list. */
export function addItem(list: Field): Field {
  const item = itemOf(list, list.children.length, undefined);
  list.present = true;
  list.children.push(item);
  return item;
}

/** Take an element out of a list; those behind it move up. */
export function removeItem(list: Field, index: number): void {
  const values = list.children.map(jsonOf);
  values.splice(index, 1);
  list.children = values.map((value, i) => itemOf(list, i, value));
}

/** Put an optional object or list into the value, or take it out. */
export function setPresent(field: Field, present: boolean): void {
  field.present = present;
  if (present && field.kind === "object" && !field.children.length)
    field.children = childrenOf(field, {});
}

/** What a form is worth; undefined where it holds nothing. */
export function jsonOf(field: Field): Json | undefined {
  switch (field.kind) {
    case "object": {
      if (!field.present) return undefined;
      const value: { [name: string]: Json } = {};
      for (const child of field.children) {
        const inner = jsonOf(child);
        if (inner !== undefined) value[child.name] = inner;
      }
      return value;
    }
    case "array":
      return field.present ? field.children.map((child) => jsonOf(child) ?? null) : undefined;
    case "string":
      return field.text === "" && !field.required ? undefined : field.text;
    case "number":
    case "integer":
      return field.text.trim() === "" ? undefined : (numberOf(field.text) ?? field.text);
    default:
      return field.text.trim() === "" ? undefined : parsed(field.text);
  }
}

/**
 * Whether a form has fields for all of a value; without a value, whether it has any where the schema
 * lets arguments in that it does not name.
 */
export function hasRoomFor(form: Field, value: Json | undefined): boolean {
  const isOpen = !form.schema.properties && form.schema.additionalProperties !== false;
  if (value === undefined) return !isOpen;
  return isWithin(value, jsonOf(form) ?? null);
}

function isWithin(value: Json, whole: Json): boolean {
  if (typeof value !== "object" || value === null) return Object.is(value, whole);
  if (typeof whole !== "object" || whole === null) return false;
  return Object.entries(value).every(([name, inner]) => {
    const other = (whole as { [name: string]: Json })[name];
    return other !== undefined && isWithin(inner, other);
  });
}

/** What is wrong with what a form holds, by the rules of its schema that a reader can mend. */
export function problemsOf(field: Field): Problem[] {
  const tell = (problem: string): Problem[] => [{ path: field.path, problem }];
  switch (field.kind) {
    case "object":
      return field.present ? field.children.flatMap(problemsOf) : missing(field);
    case "array":
      return field.present ? listProblems(field) : missing(field);
    case "string":
      return field.text === "" && !field.required ? [] : textProblems(field);
    case "number":
    case "integer": {
      if (field.text.trim() === "") return missing(field);
      const value = numberOf(field.text);
      if (value === null) return tell("Not a number");
      if (field.kind === "integer" && !Number.isInteger(value)) return tell("Not a whole number");
      return numberProblems(field, value);
    }
    default:
      if (field.text.trim() === "") return missing(field);
      return parsed(field.text) === undefined ? tell("Not valid JSON") : [];
  }
}

/** The field of that path, or of the nearest one around it. */
export function fieldAt(field: Field, path: string): Field {
  for (const child of field.children) {
    if (
      path === child.path ||
      path.startsWith(`${child.path}.`) ||
      path.startsWith(`${child.path}[`)
    )
      return fieldAt(child, path);
  }
  return field;
}

export function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** What a schema says at last: references followed, an optional type without its null. */
export function resolved(schema: Schema, root: Schema): Schema {
  let found = schema;
  for (let step = 0; step < 16; step++) {
    const [only, ...others] = alternatives(found);
    const inner = found.$ref ? referenced(found.$ref, root) : only && !others.length ? only : null;
    if (!inner) break;
    const { $ref: _, anyOf: __, oneOf: ___, allOf: ____, ...own } = found;
    found = { ...inner, ...own };
  }
  return found;
}

function alternatives(schema: Schema): Schema[] {
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf ?? [];
  return choices.filter((choice) => choice.type !== "null");
}

function referenced(ref: string, root: Schema): Schema | null {
  let found: unknown = root;
  if (!ref.startsWith("#")) return null;
  for (const part of ref.slice(1).split("/").filter(Boolean)) {
    const name = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
    found = (found as { [name: string]: unknown } | undefined)?.[name];
  }
  return (found as Schema | undefined) ?? null;
}

function field(
  given: Schema,
  root: Schema,
  name: string,
  path: string,
  required: boolean,
  value: Json | undefined,
  depth: number,
): Field {
  const schema = resolved(given, root);
  const made: Field = {
    kind: fits(kindOf(schema, depth), value),
    schema,
    root,
    name,
    path,
    required,
    present: required || value !== undefined,
    text: "",
    children: [],
  };
  if (made.kind === "object" && made.present)
    made.children = childrenOf(made, value as { [name: string]: Json } | undefined, depth);
  else if (made.kind === "array")
    made.children = ((value as Json[] | undefined) ?? []).map((item, i) =>
      itemOf(made, i, item, depth),
    );
  else if (value !== undefined) made.text = typed(made.kind, value);
  return made;
}

/** A value that its own form cannot hold is written as JSON. */
function fits(kind: FieldKind, value: Json | undefined): FieldKind {
  if (value === undefined || kind === "json" || kind === "enum") return kind;
  const is = value === null ? "null" : Array.isArray(value) ? "array" : (typeof value as string);
  return is === kind || (is === "number" && kind === "integer") ? kind : "json";
}

function typed(kind: FieldKind, value: Json): string {
  return kind === "string" ? (value as string) : JSON.stringify(value);
}

function childrenOf(of: Field, value: { [name: string]: Json } | undefined, depth = 0): Field[] {
  const required = new Set(of.schema.required ?? []);
  return Object.entries(of.schema.properties ?? {}).map(([name, schema]) =>
    field(
      schema,
      of.root,
      name,
      of.path ? `${of.path}.${name}` : name,
      required.has(name),
      value?.[name],
      depth + 1,
    ),
  );
}

function itemOf(list: Field, index: number, value: Json | undefined, depth = 0): Field {
  const { items } = list.schema;
  const schema = typeof items === "object" ? items : {};
  const path = `${list.path}[${index}]`;
  return field(schema, list.root, String(index + 1), path, true, value, depth + 1);
}

function kindOf(schema: Schema, depth: number): FieldKind {
  if (schema.enum || schema.const !== undefined) return "enum";
  const types = [schema.type ?? []].flat().filter((type) => type !== "null");
  if (types.length !== 1 || alternatives(schema).length > 1) return "json";
  switch (types[0]) {
    case "string":
    case "number":
    case "integer":
    case "boolean":
      return types[0];
    case "object":
      return (schema.properties || depth === 0) && depth < DEEPEST ? "object" : "json";
    case "array":
      return schema.prefixItems || depth >= DEEPEST ? "json" : "array";
    default:
      return "json";
  }
}

/** What an enum allows. */
export function choices(field: Field): Json[] {
  if (field.kind === "boolean") return [true, false];
  return field.schema.enum ?? (field.schema.const === undefined ? [] : [field.schema.const]);
}

function missing(field: Field): Problem[] {
  return field.required ? [{ path: field.path, problem: "Needed" }] : [];
}

function numberOf(text: string): number | null {
  const value = Number(text.trim());
  return text.trim() !== "" && Number.isFinite(value) ? value : null;
}

function textProblems({ path, schema, text }: Field): Problem[] {
  const length = [...text].length;
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern } = schema;
  if (length < minLength) {
    const problem = text === "" ? "Needed" : `At least ${minLength} characters`;
    return [{ path, problem }];
  }
  if (length > maxLength) return [{ path, problem: `At most ${maxLength} characters` }];
  if (pattern !== undefined && !matches(text, pattern))
    return [{ path, problem: `Must match ${pattern}` }];
  return [];
}

/** A pattern that this browser cannot read is left for the kernel to judge. */
function matches(text: string, pattern: string): boolean {
  try {
    return new RegExp(pattern, "u").test(text);
  } catch {
    return true;
  }
}

function numberProblems({ path, schema }: Field, value: number): Problem[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const rules: [broken: boolean, problem: string][] = [
    [minimum !== undefined && value < minimum, `At least ${minimum}`],
    [maximum !== undefined && value > maximum, `At most ${maximum}`],
    [exclusiveMinimum !== undefined && value <= exclusiveMinimum, `More than ${exclusiveMinimum}`],
    [exclusiveMaximum !== undefined && value >= exclusiveMaximum, `Less than ${exclusiveMaximum}`],
    [
      multipleOf !== undefined &&
        Math.abs(value / multipleOf - Math.round(value / multipleOf)) > 1e-9,
      `A multiple of ${multipleOf}`,
    ],
  ];
  const broken = rules.find(([is]) => is);
  return broken ? [{ path, problem: broken[1] }] : [];
}

function listProblems(list: Field): Problem[] {
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = list.schema;
  const count = list.children.length;
  const own: Problem[] = [];
  if (count < minItems) own.push({ path: list.path, problem: `At least ${minItems}` });
  if (count > maxItems) own.push({ path: list.path, problem: `At most ${maxItems}` });
  return [...own, ...list.children.flatMap(problemsOf)];
}
