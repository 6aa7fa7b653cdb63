// The tools: what each is for, how its calls are answered, and a form to call it by hand.

import { element } from "../dom.ts";
import { outputNodes } from "./call_card.ts";
import type { ToolsController } from "./controller.ts";
import type { Refused, Tool, Tried } from "./messages.ts";
import { ModeView } from "./mode_view.ts";
import { SchemaForm } from "./schema_form.ts";

export class ToolList {
  readonly element = element("div", { class: "rl-tool-list", role: "list", "aria-label": "Tools" });
  readonly #controller: ToolsController;
  readonly #rows = new Map<string, ToolRow>();

  constructor(controller: ToolsController) {
    this.#controller = controller;
  }

  clear(): void {
    // The forms stay as they are filled in: a connection that comes back must not empty them.
    for (const row of this.#rows.values()) row.element.hidden = true;
  }

  showTool(tool: Tool): void {
    let row = this.#rows.get(tool.name);
    if (!row) {
      row = new ToolRow(tool, this.#controller);
      this.#rows.set(tool.name, row);
      this.element.append(row.element);
    }
    row.element.hidden = false;
    row.show(tool);
  }

  showState(): void {
    for (const row of this.#rows.values()) row.showState();
  }

  showTried(tried: Tried): void {
    this.#rows.get(tried.tool)?.showTried(tried);
  }

  showRefused(refused: Refused): void {
    this.#rows.get(refused.about)?.showRefused(refused);
  }
}

class ToolRow {
  readonly element: HTMLElement;

  readonly #tool: Tool;
  readonly #controller: ToolsController;
  readonly #mode: ModeView;
  readonly #open = element("button", {
    type: "button",
    class: "rl-button",
    "aria-expanded": "false",
  });
  readonly #body = element("form", { class: "rl-try" });
  readonly #run = element("button", { type: "submit", class: "rl-button rl-primary" }, "Call it");
  readonly #result = element("div", { class: "rl-result", role: "status" });
  readonly #problem = element("p", { class: "rl-problem", role: "alert" });
  #form: SchemaForm | null = null;

  constructor(tool: Tool, controller: ToolsController) {
    this.#tool = tool;
    this.#controller = controller;
    this.#mode = new ModeView(tool.name, (mode) => controller.setMode(tool.name, mode));
    this.#open.textContent = "Try it";
    this.#open.setAttribute("aria-label", `Try ${tool.name} by hand`);
    this.#open.onclick = () => this.#toggle();
    this.#body.hidden = true;
    this.#result.hidden = true;
    this.#problem.hidden = true;
    this.#body.onsubmit = (event) => {
      event.preventDefault();
      this.#call();
    };
    const about = tool.description || "It has no description.";
    this.element = element(
      "div",
      { class: "rl-tool", role: "listitem" },
      element(
        "div",
        {},
        element("code", { class: "rl-name" }, tool.name),
        element("p", { class: "rl-about", title: about }, about),
      ),
      element("div", { class: "rl-actions" }, this.#mode.select, this.#mode.button, this.#open),
      this.#mode.settings,
      this.#problem,
      this.#body,
    );
  }

  show(tool: Tool): void {
    this.#mode.show(tool.mode);
    this.#tellProblem("");
  }

  showState(): void {
    this.#mode.select.disabled = !this.#controller.isOpen;
    this.#run.disabled = !this.#controller.isOpen;
  }

  showTried({ output, error, seconds }: Tried): void {
    this.#run.disabled = false;
    this.#result.hidden = this.#body.hidden;
    this.#result.dataset.state = error ? "failed" : "answered";
    const took = element(
      "span",
      { class: "rl-quiet" },
      `${error ? "failed" : "answered"} in ${milliseconds(seconds)}`,
    );
    this.#result.replaceChildren(took, outputNodes(output));
  }

  showRefused({ what, problem, path }: Refused): void {
    this.#run.disabled = false;
    if (what !== "try") this.#tellProblem(problem);
    else {
      this.#result.hidden = true;
      this.#form?.showProblem(path, problem);
    }
  }

  #tellProblem(problem: string): void {
    this.#problem.textContent = problem;
    this.#problem.hidden = !problem;
  }

  #toggle(): void {
    const open = this.#body.hidden;
    this.#body.hidden = !open;
    this.#open.setAttribute("aria-expanded", String(open));
    if (!open) return;
    if (!this.#form) {
      this.#form = new SchemaForm(this.#tool.parameters);
      const beside = "The function is called beside the conversation: the model is not told.";
      this.#body.append(
        this.#form.element,
        element(
          "div",
          { class: "rl-actions" },
          this.#run,
          element("span", { class: "rl-quiet" }, beside),
        ),
        this.#result,
      );
    }
    this.#form.focus();
  }

  #call(): void {
    const text = this.#form?.take();
    if (text === null || text === undefined) return;
    this.#run.disabled = true;
    this.#result.hidden = false;
    delete this.#result.dataset.state;
    this.#result.replaceChildren(element("span", { class: "rl-quiet" }, "Running…"));
    this.#controller.send({ type: "try", tool: this.#tool.name, arguments: text });
  }
}

function milliseconds(seconds: number): string {
  return seconds < 1 ? `${Math.max(1, Math.round(1000 * seconds))} ms` : `${seconds.toFixed(2)} s`;
}
