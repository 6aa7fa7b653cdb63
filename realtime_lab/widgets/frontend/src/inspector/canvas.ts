// A canvas that is as sharp as the screen, and the colours of the style sheet for it.

import { element } from "../dom.ts";

export interface Brush {
  context: CanvasRenderingContext2D;
  width: number;
  height: number;
}

/** Calls `draw` before the next picture whenever it is asked to, resized, or seen in other colours. */
export class Canvas {
  readonly element = element("canvas");
  readonly #draw: (brush: Brush) => void;
  readonly #resizing: ResizeObserver;
  readonly #theming: MutationObserver;
  readonly #scheme = matchMedia("(prefers-color-scheme: dark)");
  readonly #colours = new Map<string, string>();
  #drawing = 0;

  constructor(draw: (brush: Brush) => void) {
    this.#draw = draw;
    this.#resizing = new ResizeObserver(() => this.show());
    this.#resizing.observe(this.element);
    this.#theming = new MutationObserver(this.#recolour);
    this.#theming.observe(document.body, { attributes: true });
    this.#scheme.addEventListener("change", this.#recolour);
  }

  show(): void {
    this.#drawing ||= requestAnimationFrame(() => this.#drawNow());
  }

  close(): void {
    cancelAnimationFrame(this.#drawing);
    this.#resizing.disconnect();
    this.#theming.disconnect();
    this.#scheme.removeEventListener("change", this.#recolour);
  }

  /** What a custom property of the style sheet comes to, as a colour. */
  colour(name: string): string {
    let colour = this.#colours.get(name);
    if (!colour) {
      // Only a real property resolves what custom ones are made of.
      this.element.style.color = `var(${name})`;
      colour = getComputedStyle(this.element).color;
      this.element.style.color = "";
      this.#colours.set(name, colour);
    }
    return colour;
  }

  readonly #recolour = (): void => {
    this.#colours.clear();
    this.show();
  };

  #drawNow(): void {
    this.#drawing = 0;
    const { clientWidth: width, clientHeight: height } = this.element;
    const context = this.element.getContext("2d");
    if (!context || !width || !height) return;
    const ratio = window.devicePixelRatio || 1;
    const wide = Math.round(width * ratio);
    const high = Math.round(height * ratio);
    if (this.element.width !== wide) this.element.width = wide;
    if (this.element.height !== high) this.element.height = high;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    this.#draw({ context, width, height });
  }
}
