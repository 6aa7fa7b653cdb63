// The timeline on the screen: lanes and waveforms, the cursor of the replay, and what pointer and
// keys do with them.

import { element } from "../dom.ts";
import { Canvas } from "./canvas.ts";
import { clockTime, duration } from "./format.ts";
import type { Inspector } from "./inspector.ts";
import { LANES_HEIGHT, LAYOUT, laneAt, RULER_HEIGHT, spanAt } from "./lanes.ts";
import type { Span } from "./messages.ts";
import { type TimelineCommand, timelineCommand } from "./timeline_keys.ts";
import { type Marks, paintTimeline } from "./timeline_painter.ts";

/** A pointer that moved less was meant to click. */
const CLICK_PIXELS = 4;
const WHEEL_ZOOM = 0.002;
const SLACK_PIXELS = 3;

export class TimelineView {
  readonly element: HTMLElement;
  readonly #inspector: Inspector;
  readonly #canvas: Canvas;
  readonly #area: HTMLElement;
  readonly #cursor = element("div", { class: "rl-cursor", "aria-hidden": "true" });
  readonly #tip = element("div", { class: "rl-tip", role: "tooltip" });
  readonly #onSearch: () => void;
  readonly #marks: Marks = { selected: null, item: "", response: "", hovered: null };
  #drag: { x: number; start: number; end: number; moved: boolean } | null = null;

  constructor(inspector: Inspector, onSearch: () => void) {
    this.#inspector = inspector;
    this.#onSearch = onSearch;
    this.#canvas = new Canvas((brush) => {
      const { axis, data } = inspector.timeline;
      if (axis.width !== brush.width) {
        axis.width = brush.width;
        data.want(axis);
        this.showCursor();
      }
      paintTimeline(brush, this.#canvas, axis, data, this.#marks);
    });
    const names = LAYOUT.map(({ label, note, top, height, lane }) => {
      const style = `top: ${top}px; height: ${height}px`;
      return element("span", { style, title: note, class: `rl-name rl-name-${lane}` }, label);
    });
    this.#area = element(
      "div",
      {
        class: "rl-area",
        tabindex: "0",
        role: "slider",
        "aria-label": "Time",
        "aria-valuemin": "0",
      },
      this.#canvas.element,
      this.#cursor,
      this.#tip,
    );
    this.element = element(
      "div",
      { class: "rl-timeline", style: `height: ${LANES_HEIGHT}px` },
      element("div", { class: "rl-names", "aria-hidden": "true" }, ...names),
      this.#area,
    );
    this.#tip.hidden = true;
    this.#listen();
  }

  close(): void {
    this.#canvas.close();
  }

  showTimeline(): void {
    const { selection } = this.#inspector;
    const { detail } = selection;
    const known = detail?.seq === selection.seq ? detail : null;
    this.#marks.selected = selection.at;
    this.#marks.item = known?.item ?? "";
    this.#marks.response = known?.response ?? "";
    this.#canvas.show();
    this.showCursor();
  }

  showCursor(): void {
    const { player, timeline, length } = this.#inspector;
    const x = timeline.axis.x(player.cursor);
    const isSet = player.state !== "stopped" || player.cursor > 0;
    this.#cursor.hidden = !isSet || x < 0 || x > timeline.axis.width;
    this.#cursor.style.transform = `translateX(${x}px)`;
    this.#area.setAttribute("aria-valuemax", length.toFixed(3));
    this.#area.setAttribute("aria-valuenow", player.cursor.toFixed(3));
    this.#area.setAttribute("aria-valuetext", this.#told(player.cursor));
  }

  /** What is going on at a time, in words. */
  #told(time: number): string {
    const { data } = this.#inspector.timeline;
    const here = LAYOUT.flatMap(({ lane, label }) => {
      const span = spanAt(data.spans, lane, time, 0);
      return span ? [`${label}: ${span.text || "…"}`] : [];
    });
    return [clockTime(time), ...here].join("; ");
  }

  #listen(): void {
    const area = this.#area;
    area.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    area.addEventListener("pointerdown", (event) => {
      const { start, end } = this.#inspector.timeline.axis;
      area.setPointerCapture(event.pointerId);
      this.#drag = { x: this.#x(event), start, end, moved: false };
    });
    area.addEventListener("pointermove", (event) => this.#move(event));
    area.addEventListener("pointerup", (event) => this.#release(event));
    area.addEventListener("pointercancel", () => {
      this.#drag = null;
    });
    area.addEventListener("pointerleave", () => this.#hover(null, 0, 0));
    area.addEventListener("keydown", (event) => {
      const command = timelineCommand(event);
      if (!command) return;
      event.preventDefault();
      event.stopPropagation();
      this.#obey(command);
    });
  }

  /** The page scrolls over a timeline that nobody is at work in. */
  #wheel(event: WheelEvent): void {
    const { timeline } = this.#inspector;
    const { axis } = timeline;
    const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
    if (Math.abs(sideways) > Math.abs(event.deltaY) || event.shiftKey) {
      axis.pan((sideways / axis.width) * axis.span);
    } else if (event.ctrlKey || event.metaKey || document.activeElement === this.#area) {
      axis.zoom(Math.exp(-event.deltaY * WHEEL_ZOOM), axis.time(this.#x(event)));
    } else return;
    event.preventDefault();
    timeline.moved();
  }

  #move(event: PointerEvent): void {
    const { timeline } = this.#inspector;
    const { axis } = timeline;
    const x = this.#x(event);
    if (!this.#drag) {
      this.#hover(this.#spanAt(event), x, this.#y(event));
      return;
    }
    const way = x - this.#drag.x;
    if (!this.#drag.moved && Math.abs(way) < CLICK_PIXELS) return;
    this.#drag.moved = true;
    this.#hover(null, 0, 0);
    this.#area.classList.add("rl-dragging");
    const seconds = (way / axis.width) * (this.#drag.end - this.#drag.start);
    axis.show(this.#drag.start - seconds, this.#drag.end - seconds);
    timeline.moved();
  }

  #release(event: PointerEvent): void {
    const drag = this.#drag;
    this.#drag = null;
    this.#area.classList.remove("rl-dragging");
    if (!drag || drag.moved) return;
    const { axis } = this.#inspector.timeline;
    const time = axis.time(this.#x(event));
    this.#inspector.seek(time);
    const span = this.#spanAt(event);
    if (span) this.#inspector.jump(span.seq);
    else this.#inspector.jumpToTime(time);
  }

  #hover(span: Span | null, x: number, y: number): void {
    if (span !== this.#marks.hovered) {
      this.#marks.hovered = span;
      this.#canvas.show();
    }
    this.#tip.hidden = span === null;
    this.#area.classList.toggle("rl-over-span", span !== null);
    if (!span) return;
    const { width } = this.#inspector.timeline.axis;
    this.#tip.replaceChildren(...tipNodes(span));
    const room = Math.max(0, width - this.#tip.offsetWidth);
    const below = y + 18;
    this.#tip.style.transform = `translate(${Math.min(Math.max(0, x - 20), room)}px, ${below}px)`;
  }

  #obey(command: TimelineCommand): void {
    const { timeline, player, length } = this.#inspector;
    const { axis } = timeline;
    switch (command.do) {
      case "zoom":
        axis.zoom(command.by, this.#middle());
        timeline.moved();
        break;
      case "fit":
        axis.fit();
        timeline.moved();
        break;
      case "pan":
        axis.pan(command.by * axis.span);
        timeline.moved();
        break;
      case "step":
        this.#goTo(player.cursor + command.by * axis.span);
        break;
      case "first":
        this.#goTo(0);
        break;
      case "last":
        this.#goTo(length);
        break;
      case "play":
        this.#inspector.togglePlay();
        break;
      case "select":
        this.#inspector.jumpToTime(player.cursor);
        break;
      case "search":
        this.#onSearch();
        break;
    }
  }

  #goTo(time: number): void {
    this.#inspector.seek(time);
    this.#inspector.timeline.reveal(this.#inspector.player.cursor);
  }

  /** Zooming by key keeps the cursor where it is, if it is in view. */
  #middle(): number {
    const { timeline, player } = this.#inspector;
    const { axis } = timeline;
    const inView = player.cursor >= axis.start && player.cursor <= axis.end;
    return inView ? player.cursor : axis.start + axis.span / 2;
  }

  #spanAt(event: PointerEvent): Span | null {
    const { axis, data } = this.#inspector.timeline;
    const y = this.#y(event);
    const lane = y > RULER_HEIGHT ? laneAt(y) : undefined;
    const slack = (SLACK_PIXELS / axis.width) * axis.span;
    return (lane && spanAt(data.spans, lane.lane, axis.time(this.#x(event)), slack)) ?? null;
  }

  #x(event: MouseEvent): number {
    return event.clientX - this.#area.getBoundingClientRect().left;
  }

  #y(event: MouseEvent): number {
    return event.clientY - this.#area.getBoundingClientRect().top;
  }
}

function tipNodes(span: Span): Node[] {
  const lane = LAYOUT.find(({ lane }) => lane === span.lane);
  const turn = span.turn === null ? "" : ` · turn ${span.turn}`;
  const count = span.merged > 1 ? `${span.merged} × ` : "";
  const time = `${clockTime(span.start)} – ${span.open ? "…" : clockTime(span.end)}`;
  return [
    element("strong", {}, `${count}${lane?.label}${turn}`),
    element("span", {}, `${time} (${duration(span.end - span.start)})`),
    ...(span.text ? [element("span", { class: "rl-said" }, span.text)] : []),
  ];
}
