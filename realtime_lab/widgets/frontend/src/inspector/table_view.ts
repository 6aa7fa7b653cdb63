// The table: some forty lines of a list of any length, moved as the reader scrolls.

import { element } from "../dom.ts";
import { Following } from "./following.ts";
import { grouped } from "./format.ts";
import type { Inspector } from "./inspector.ts";
import { RowView } from "./row_view.ts";
import { ScrollModel } from "./scroll_model.ts";
import { type TableCommand, tableCommand } from "./table_keys.ts";

export const ROW_HEIGHT = 24;
const COLUMNS = [
  ["rl-seq", "#", "Number of the event"],
  ["rl-time", "Time", "Since the start of the log"],
  ["rl-arrow", "", "Sent, received, or noted here"],
  ["rl-type", "Event", "Its type, under its GA name"],
  ["rl-words", "What", "What was said, or went wrong"],
  ["rl-turn", "Turn", "The turn it belongs to"],
  ["rl-size", "Bytes", "Its JSON on the wire"],
] as const;
const LINE_PIXELS = 40;

export class TableView {
  readonly element: HTMLElement;
  readonly scroll = new ScrollModel(ROW_HEIGHT);

  readonly #inspector: Inspector;
  readonly #id = `rl-${Math.random().toString(36).slice(2)}`;
  readonly #rows: RowView[] = [];
  readonly #following = new Following();
  readonly #window = element("div", { class: "rl-window", role: "rowgroup" });
  readonly #spacer = element("div", { class: "rl-spacer", role: "presentation" }, this.#window);
  readonly #viewport = element("div", { class: "rl-viewport", role: "presentation" }, this.#spacer);
  readonly #grid: HTMLElement;
  readonly #pill = element("button", { type: "button", class: "rl-pill", tabindex: "-1" });
  readonly #empty = element("p", { class: "rl-empty" });
  readonly #resizing: ResizeObserver;
  readonly #onSearch: () => void;
  #drawing = 0;
  /** Height of the viewport and place of the scrollbar: to ask the page for them takes long. */
  #height = 0;
  #scrollbar = 0;

  constructor(inspector: Inspector, onSearch: () => void) {
    this.#inspector = inspector;
    this.#onSearch = onSearch;
    const header = element("div", { role: "row", class: "rl-row rl-header", "aria-rowindex": "1" });
    for (const [name, label, title] of COLUMNS) {
      header.append(element("span", { role: "columnheader", class: name, title }, label));
    }
    this.#grid = element(
      "div",
      {
        role: "grid",
        class: "rl-grid",
        tabindex: "0",
        "aria-label": "Events",
        "aria-colcount": String(COLUMNS.length),
        "aria-multiselectable": "false",
      },
      element("div", { role: "rowgroup", class: "rl-headers" }, header),
      this.#viewport,
    );
    this.element = element("div", { class: "rl-table" }, this.#grid, this.#pill, this.#empty);
    this.#listen();
    this.#resizing = new ResizeObserver(([entry]) => {
      this.#height = entry?.contentRect.height ?? 0;
      this.showRows();
    });
    this.#resizing.observe(this.#viewport);
  }

  close(): void {
    this.#resizing.disconnect();
    cancelAnimationFrame(this.#drawing);
  }

  focus(): void {
    this.#grid.focus({ preventScroll: true });
  }

  /** It is another list: from its beginning, unless something in it is selected. */
  showList(): void {
    this.scroll.scrollTo(0);
    this.#following.begin(this.#inspector.list.total);
    this.showRows();
  }

  showRows(): void {
    // Rows, selection and cursor may all change before the next picture: it is drawn once.
    this.#drawing ||= requestAnimationFrame(() => this.#draw());
  }

  reveal(line: number): void {
    this.#resize();
    this.scroll.reveal(line);
    this.showRows();
  }

  /** Put every line where it belongs. */
  #draw(): void {
    this.#drawing = 0;
    const { list, selection, player, search } = this.#inspector;
    const wasAtEnd = this.scroll.isAtEnd;
    this.#resize();
    if (this.#following.grow(list.total, wasAtEnd)) this.scroll.scrollTo(this.scroll.largestTop);
    const passing = player.passing.row;
    if (this.#following.replay(player.isActive, passing)) {
      this.scroll.reveal(list.lineOf({ row: passing ?? 0, piece: -1 }));
    }
    if (this.scroll.isAtEnd) this.#following.reached();
    // Before anything is written: to move it, the page has to know where all is.
    this.#placeScrollbar();
    const { first, last } = this.scroll.visible;
    list.want(first, last);
    const selected = selection.line;
    for (let number = first; number <= last; number++) {
      const line = list.line(number);
      this.#row(number, last - first + 1).show(
        number,
        number * ROW_HEIGHT - this.scroll.top,
        line,
        {
          selected: number === selected,
          unfolded: line !== undefined && list.isUnfolded(line.place.row),
          passing: line !== undefined && line.place.piece < 0 && passing === line.place.row,
          searching: search.text,
        },
      );
    }
    this.#hideOthers(first, last);
    this.#describe(selected, first, last);
  }

  /** Lines that stay in view keep their element: only what comes into view is written. */
  #row(number: number, count: number): RowView {
    while (this.#rows.length < count + 1) {
      const row = new RowView(`${this.#id}-${this.#rows.length}`);
      this.#rows.push(row);
      this.#window.append(row.element);
    }
    return this.#rows[number % this.#rows.length] as RowView;
  }

  #hideOthers(first: number, last: number): void {
    const used = new Set<RowView | undefined>();
    for (let number = first; number <= last; number++) {
      used.add(this.#rows[number % this.#rows.length]);
    }
    for (const row of this.#rows) if (!used.has(row)) row.hide();
  }

  #resize(): void {
    this.scroll.resize(this.#inspector.list.lines, this.#height);
    const height = `${this.scroll.spacerHeight}px`;
    if (this.#spacer.style.height !== height) this.#spacer.style.height = height;
    this.#window.style.height = `${this.scroll.viewHeight}px`;
  }

  #placeScrollbar(): void {
    const { scrollTop } = this.scroll;
    if (isSame(scrollTop, this.#scrollbar)) return;
    this.#scrollbar = scrollTop;
    this.#viewport.scrollTop = scrollTop;
  }

  #describe(selected: number | null, first: number, last: number): void {
    const { list, summary } = this.#inspector;
    this.#grid.setAttribute("aria-rowcount", String(list.lines + 1));
    const inView = selected !== null && selected >= first && selected <= last;
    if (inView) {
      const row = this.#rows[selected % this.#rows.length] as RowView;
      this.#grid.setAttribute("aria-activedescendant", row.element.id);
    } else this.#grid.removeAttribute("aria-activedescendant");
    const { unseen } = this.#following;
    this.#pill.hidden = unseen === 0;
    this.#pill.textContent = `${grouped(unseen)} new ↓`;
    this.#empty.hidden = list.lines > 0 || summary === null;
    this.#empty.textContent = summary?.events
      ? "No event fits the filter."
      : "Nothing has been recorded yet.";
  }

  #listen(): void {
    this.#viewport.addEventListener("scroll", () => {
      const { scrollTop } = this.#viewport;
      // What we did ourselves is told, too, and perhaps late.
      if (isSame(scrollTop, this.#scrollbar)) return;
      this.#scrollbar = scrollTop;
      this.scroll.scrolledTo(scrollTop);
      this.#following.touch();
      this.showRows();
    });
    this.#viewport.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    this.#viewport.addEventListener("click", (event) => this.#click(event));
    this.#grid.addEventListener("keydown", (event) => this.#key(event));
    this.#grid.addEventListener("focus", () => {
      if (this.#inspector.selection.place === null) this.#select(this.scroll.visible.first);
    });
    this.#pill.addEventListener("click", () => {
      this.reveal(this.#inspector.list.lines - 1);
      this.focus();
    });
  }

  /** In a scaled list the scrollbar's step is many rows: the wheel moves the rows themselves. */
  #wheel(event: WheelEvent): void {
    if (!this.scroll.isScaled || event.ctrlKey) return;
    const unit = [1, LINE_PIXELS, this.scroll.viewHeight][event.deltaMode] as number;
    const before = this.scroll.top;
    this.scroll.scrollTo(before + event.deltaY * unit);
    // At either end the page scrolls on.
    if (this.scroll.top === before) return;
    event.preventDefault();
    this.#following.touch();
    this.showRows();
  }

  #click(event: MouseEvent): void {
    const target = event.target as Element;
    const number = this.#rows.findIndex(({ element }) => element.contains(target));
    const index = this.#rows[number]?.element.getAttribute("aria-rowindex");
    if (!index) return;
    const line = Number(index) - 2;
    this.#select(line);
    if (target.closest(".rl-fold")) this.#fold("toggle");
    else this.#inspector.selection.setOpen(true);
  }

  #select(line: number): void {
    this.#following.touch();
    this.#inspector.selection.selectLine(line);
  }

  #key(event: KeyboardEvent): void {
    const command = tableCommand(event, this.scroll.page);
    if (!command) return;
    event.preventDefault();
    event.stopPropagation();
    this.#obey(command);
  }

  #obey(command: TableCommand): void {
    const { selection, list } = this.#inspector;
    switch (command.do) {
      case "move":
        this.#select((selection.line ?? this.scroll.visible.first - 1) + command.by);
        break;
      case "first":
        this.#select(0);
        break;
      case "last":
        this.#select(list.lines - 1);
        break;
      case "open":
        selection.setOpen(true);
        break;
      case "close":
        selection.setOpen(false);
        break;
      case "fold":
      case "unfold":
      case "toggle":
        this.#fold(command.do);
        break;
      case "search":
        this.#onSearch();
        break;
      case "next":
        this.#inspector.find(false);
        break;
      case "previous":
        this.#inspector.find(true);
        break;
      case "play":
        this.#inspector.togglePlay();
        break;
      case "playHere":
        this.#inspector.playFrom(selection.at ?? 0);
        break;
    }
  }

  #fold(how: "fold" | "unfold" | "toggle"): void {
    const { selection, list } = this.#inspector;
    const { place } = selection;
    if (!place) return;
    const unfolded = list.isUnfolded(place.row);
    if (how !== "toggle" && unfolded === (how === "unfold")) return;
    if (place.piece >= 0) this.#select(list.lineOf({ row: place.row, piece: -1 }));
    list.toggle(place.row);
  }
}

/** Whether the scrollbar is there: browsers round what they are told. */
function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1;
}
