// The form of a JSON schema, with a switch to raw JSON. Problems stand at their fields.

import { element, setText, uniqueId } from "../dom.ts";
import {
  addItem,
  choices,
  type Field,
  fieldAt,
  formOf,
  hasRoomFor,
  type Json,
  jsonOf,
  type Problem,
  parsed,
  problemsOf,
  removeItem,
  type Schema,
  setPresent,
} from "./schema_model.ts";

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

export class SchemaForm {
  readonly element = element("div", { class: "rl-form" });

  readonly #schema: Schema;
  readonly #id = uniqueId("rl-form");
  readonly #fields = element("div", { class: "rl-fields" });
  readonly #raw = element("textarea", {
    class: "rl-input rl-raw",
    rows: "5",
    spellcheck: "false",
    "aria-label": "Arguments as JSON",
  });
  readonly #switch = element("button", { type: "button", class: "rl-link" });
  readonly #problem = element("p", { class: "rl-problem", role: "alert" });
  readonly #controls = new Map<string, Control>();
  readonly #problems = new Map<string, HTMLElement>();
  #form: Field;
  #isRaw: boolean;
  /** Problems are told once the reader has tried to send, and from then on while typing. */
  #wasTried = false;

  constructor(schema: Schema, value?: Json) {
    this.#schema = schema;
    this.#form = formOf(schema, value);
    this.element.append(this.#fields, this.#raw, this.#problem, this.#switch);
    this.#switch.onclick = () => this.#setRaw(!this.#isRaw);
    this.#raw.oninput = () => this.#wasTried && this.#check();
    this.#isRaw = !hasRoomFor(this.#form, value);
    if (this.#isRaw) this.#raw.value = JSON.stringify(value ?? {}, null, 2);
    this.#draw();
    this.#show();
  }

  /** The arguments as JSON text; null, with the problems at their fields, if they do not fit. */
  take(): string | null {
    this.#wasTried = true;
    if (!this.#check()) return null;
    return this.#isRaw ? this.#raw.value : JSON.stringify(jsonOf(this.#form) ?? {});
  }

  /** Show what the kernel has to say, at the field it is about. */
  showProblem(path: string, problem: string): void {
    const at = path && !this.#isRaw ? fieldAt(this.#form, path).path : "";
    this.#tell(at ? [{ path: at, problem: withoutPath(problem) }] : [{ path: "", problem }]);
  }

  focus(): void {
    const [first] = this.#controls.values();
    (this.#isRaw ? this.#raw : (first ?? this.#switch)).focus();
  }

  // -- checking ---------------------------------------------------------------------------------

  #check(): boolean {
    const problems = this.#isRaw ? this.#rawProblems() : problemsOf(this.#form);
    this.#tell(problems);
    return problems.length === 0;
  }

  #rawProblems(): Problem[] {
    const value = parsed(this.#raw.value);
    if (value === undefined) return [{ path: "", problem: "Not valid JSON" }];
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? [] : [{ path: "", problem: "Not a JSON object: it begins with {" }];
  }

  #tell(problems: Problem[]): void {
    const byPath = new Map(problems.map(({ path, problem }) => [path, problem]));
    for (const [path, place] of this.#problems) {
      const problem = byPath.get(path) ?? "";
      setText(place, problem);
      place.hidden = !problem;
      this.#controls.get(path)?.setAttribute("aria-invalid", String(Boolean(problem)));
    }
    const other = problems.filter(({ path }) => !this.#problems.has(path));
    const text = other.map(({ problem }) => problem).join(" ");
    setText(this.#problem, text);
    this.#problem.hidden = !text;
    const first = problems.find(({ path }) => this.#controls.has(path));
    if (first && !this.element.contains(document.activeElement))
      this.#controls.get(first.path)?.focus();
  }

  // -- drawing ----------------------------------------------------------------------------------

  #setRaw(isRaw: boolean): void {
    if (isRaw) {
      this.#raw.value = JSON.stringify(jsonOf(this.#form) ?? {}, null, 2);
    } else {
      const value = parsed(this.#raw.value);
      if (!this.#check() || value === undefined) {
        this.#raw.focus();
        return;
      }
      const form = formOf(this.#schema, value);
      if (!hasRoomFor(form, value)) {
        this.#tell([{ path: "", problem: "The form has no fields for all of this." }]);
        return;
      }
      this.#form = form;
      this.#draw();
    }
    this.#isRaw = isRaw;
    this.#tell([]);
    this.#show();
    this.focus();
  }

  #show(): void {
    this.#fields.hidden = this.#isRaw;
    this.#raw.hidden = !this.#isRaw;
    this.#switch.textContent = this.#isRaw ? "Back to the form" : "Write JSON instead";
  }

  #draw(): void {
    this.#controls.clear();
    this.#problems.clear();
    this.#problem.hidden = true;
    const children = this.#form.children.map((child) => this.#row(child));
    const nothing = element("p", { class: "rl-quiet" }, "It takes no arguments.");
    this.#fields.replaceChildren(...(children.length ? children : [nothing]));
  }

  #row(field: Field): HTMLElement {
    if (field.kind === "object" || field.kind === "array") return this.#group(field);
    const id = `${this.#id}-${this.#controls.size}`;
    const control = this.#control(field, id);
    const problem = element("p", { class: "rl-problem", id: `${id}-problem`, role: "alert" });
    problem.hidden = true;
    const about = field.schema.description ?? "";
    const hint = element("p", { class: "rl-hint", id: `${id}-hint` }, about);
    hint.hidden = !about;
    control.setAttribute("aria-describedby", `${about ? `${id}-hint ` : ""}${id}-problem`);
    this.#controls.set(field.path, control);
    this.#problems.set(field.path, problem);
    return element("div", { class: "rl-row" }, label(field, id), control, hint, problem);
  }

  #control(field: Field, id: string): Control {
    const control = controlOf(field, id);
    control.value = field.text;
    if (field.required) control.setAttribute("aria-required", "true");
    const take = () => {
      field.text = control.value;
      if (this.#wasTried) this.#check();
    };
    control.oninput = take;
    control.onchange = take;
    return control;
  }

  #group(field: Field): HTMLElement {
    const problem = element("p", { class: "rl-problem", role: "alert" });
    problem.hidden = true;
    this.#problems.set(field.path, problem);
    const buttons = element("span", { class: "rl-group-buttons" });
    const legend = element("legend", {}, ...labelParts(field));
    const hint = element("p", { class: "rl-hint" }, field.schema.description ?? "");
    hint.hidden = !field.schema.description;
    const rows = element("div", { class: "rl-fields" });
    if (field.kind === "array") {
      field.children.forEach((item, i) => {
        const remove = textButton(`Remove ${field.name} ${i + 1}`, "Remove", () =>
          this.#redraw(() => removeItem(field, i)),
        );
        rows.append(element("div", { class: "rl-item" }, this.#row(item), remove));
      });
      buttons.append(
        textButton(`Add to ${field.name}`, "Add", () => this.#redraw(() => addItem(field))),
      );
    } else if (field.present) {
      rows.append(...field.children.map((child) => this.#row(child)));
    }
    if (!field.required && (field.kind === "object" || field.present)) {
      const name = field.present ? "Leave out" : "Fill in";
      buttons.append(
        textButton(`${name} ${field.name}`, name, () =>
          this.#redraw(() => {
            if (field.present && field.kind === "array") field.children = [];
            setPresent(field, !field.present);
          }),
        ),
      );
    }
    rows.hidden = rows.childElementCount === 0;
    return element("fieldset", { class: "rl-group" }, legend, hint, rows, buttons, problem);
  }

  #redraw(change: () => void): void {
    const before = new Set(this.#controls.keys());
    change();
    this.#draw();
    if (this.#wasTried) this.#check();
    const added = [...this.#controls].find(([path]) => !before.has(path));
    (added?.[1] ?? this.#switch).focus();
  }
}

function controlOf(field: Field, id: string): Control {
  switch (field.kind) {
    case "enum":
    case "boolean": {
      const select = element("select", { class: "rl-input rl-select", id });
      select.append(element("option", { value: "" }, field.required ? "Choose…" : "Not given"));
      for (const choice of choices(field)) {
        const text = typeof choice === "string" ? choice : JSON.stringify(choice);
        select.append(element("option", { value: JSON.stringify(choice) }, text));
      }
      return select;
    }
    case "json":
      return element("textarea", {
        class: "rl-input rl-code",
        id,
        rows: "2",
        spellcheck: "false",
        placeholder: "JSON",
      });
    case "string":
      return element("input", {
        class: "rl-input",
        id,
        type: "text",
        autocomplete: "off",
        placeholder: example(field),
      });
    default:
      return element("input", {
        class: "rl-input rl-number",
        id,
        type: "text",
        inputmode: field.kind === "integer" ? "numeric" : "decimal",
        autocomplete: "off",
        placeholder: example(field),
      });
  }
}

function example({ schema }: Field): string {
  const [first] = Array.isArray(schema.examples) ? schema.examples : [];
  const shown = schema.default ?? first;
  return shown === undefined || shown === null || typeof shown === "object" ? "" : String(shown);
}

function label(field: Field, id: string): HTMLElement {
  return element("label", { class: "rl-label", for: id }, ...labelParts(field));
}

function labelParts(field: Field): (Node | string)[] {
  const kind = field.kind === "enum" || field.kind === "json" ? "" : field.kind;
  const words = [kind, field.required ? "" : "optional"].filter(Boolean).join(", ");
  return [
    element("code", {}, field.name || "arguments"),
    " ",
    element("span", { class: "rl-kind" }, words),
  ];
}

function textButton(label: string, text: string, press: () => void): HTMLButtonElement {
  const attributes = { type: "button", class: "rl-link", "aria-label": label };
  const button = element("button", attributes, text);
  button.onclick = press;
  return button;
}

/** The field says itself which argument it is. */
function withoutPath(problem: string): string {
  return problem.replace(/^.*?argument '[^']+':\s*/, "");
}
