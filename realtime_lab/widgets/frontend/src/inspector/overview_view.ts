// The whole session in one bar: where its events crowd, which part the timeline and the table show.

import { element } from "../dom.ts";
import { type Brush, Canvas } from "./canvas.ts";
import { clockTime } from "./format.ts";
import type { Inspector } from "./inspector.ts";

const STEP = 0.02;

export class OverviewView {
  readonly element: HTMLElement;
  readonly #inspector: Inspector;
  readonly #canvas: Canvas;
  #dragging = false;

  constructor(inspector: Inspector) {
    this.#inspector = inspector;
    this.#canvas = new Canvas((brush) => this.#paint(brush));
    this.element = element(
      "div",
      {
        class: "rl-overview",
        tabindex: "0",
        role: "slider",
        "aria-label": "Place in the log",
        "aria-valuemin": "0",
        title: "Events over time: drag to go there",
      },
      this.#canvas.element,
    );
    this.#listen();
  }

  close(): void {
    this.#canvas.close();
  }

  show(): void {
    const { selection, timeline } = this.#inspector;
    const at = selection.at ?? 0;
    this.element.setAttribute("aria-valuemax", timeline.axis.duration.toFixed(3));
    this.element.setAttribute("aria-valuenow", at.toFixed(3));
    this.element.setAttribute("aria-valuetext", clockTime(at));
    this.#canvas.show();
  }

  #paint({ context, width, height }: Brush): void {
    const { timeline, selection, player } = this.#inspector;
    const { axis, counts, errors, countedTo } = timeline;
    const most = Math.max(1, ...counts);
    const x = (time: number) => (time / axis.fitted) * width;
    const step = x(countedTo) / counts.length;
    const bars = (numbers: number[], colour: string) => {
      context.fillStyle = this.#canvas.colour(colour);
      for (const [i, count] of numbers.entries()) {
        if (!count) continue;
        // By its root: one event shows beside a thousand.
        const high = Math.max(3, Math.sqrt(count / most) * (height - 4));
        context.fillRect(i * step, height - high, Math.max(1, step - 0.5), high);
      }
    };
    bars(counts, "--rl-bar");
    bars(errors, "--rl-bad");
    if (!axis.isFitted) {
      context.fillStyle = this.#canvas.colour("--rl-window");
      context.fillRect(x(axis.start), 0, Math.max(2, x(axis.end) - x(axis.start)), height);
    }
    context.fillStyle = this.#canvas.colour("--rl-accent");
    if (selection.at !== null) context.fillRect(Math.round(x(selection.at)), 0, 2, height);
    context.fillStyle = this.#canvas.colour("--rl-cursor");
    if (player.cursor > 0) context.fillRect(Math.round(x(player.cursor)), 0, 1, height);
  }

  #listen(): void {
    this.element.addEventListener("pointerdown", (event) => {
      this.element.setPointerCapture(event.pointerId);
      this.#dragging = true;
      this.#goTo(this.#time(event));
    });
    this.element.addEventListener("pointermove", (event) => {
      if (this.#dragging) this.#goTo(this.#time(event));
    });
    for (const name of ["pointerup", "pointercancel"]) {
      this.element.addEventListener(name, () => {
        this.#dragging = false;
      });
    }
    this.element.addEventListener("keydown", (event) => {
      const { timeline, selection } = this.#inspector;
      const { duration } = timeline.axis;
      const at = selection.at ?? 0;
      const places: { [key: string]: number } = {
        ArrowLeft: at - STEP * duration,
        ArrowRight: at + STEP * duration,
        Home: 0,
        End: duration,
      };
      const place = places[event.key];
      if (place === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      this.#goTo(Math.min(Math.max(0, place), duration));
    });
  }

  #goTo(time: number): void {
    const { timeline } = this.#inspector;
    const { axis } = timeline;
    if (!axis.isFitted) {
      axis.show(time - axis.span / 2, time + axis.span / 2);
      timeline.moved();
    }
    this.#inspector.jumpToTime(time);
  }

  #time(event: PointerEvent): number {
    const { left, width } = this.element.getBoundingClientRect();
    const share = Math.min(Math.max(0, (event.clientX - left) / width), 1);
    const { axis } = this.#inspector.timeline;
    return Math.min(share * axis.fitted, axis.duration);
  }
}
