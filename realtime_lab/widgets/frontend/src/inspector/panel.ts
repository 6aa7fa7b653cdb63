// One display of the inspector.

import { element, iconButton, suppressShortcuts } from "../dom.ts";
import { ICONS } from "../icons.ts";
import { Notice, SOUND_BLOCKED } from "../notice.ts";
import { DetailView } from "./detail_view.ts";
import { FilterBar } from "./filter_bar.ts";
import { clockTime, grouped } from "./format.ts";
import type { Inspector, InspectorView } from "./inspector.ts";
import { OverviewView } from "./overview_view.ts";
import { TableView } from "./table_view.ts";
import { TimelineView } from "./timeline_view.ts";
import { TransportBar } from "./transport_bar.ts";

export class InspectorPanel implements InspectorView {
  readonly element: HTMLElement;
  readonly table: TableView;

  readonly #inspector: Inspector;
  readonly #overview: OverviewView;
  readonly #timeline: TimelineView;
  readonly #transport: TransportBar;
  readonly #filters: FilterBar;
  readonly #detail: DetailView;
  readonly #facts = element("span", { class: "rl-log-facts" });
  readonly #dismiss = iconButton("rl-button rl-icon rl-plain", ICONS.close, "Dismiss");
  readonly #notice = new Notice(this.#dismiss);

  constructor(inspector: Inspector) {
    this.#inspector = inspector;
    const toTable = () => this.table.focus();
    const toSearch = () => this.#filters.search.focus();
    this.#overview = new OverviewView(inspector);
    this.#timeline = new TimelineView(inspector, toSearch);
    this.#transport = new TransportBar(inspector);
    this.#filters = new FilterBar(inspector, toTable);
    this.table = new TableView(inspector, toSearch);
    this.#detail = new DetailView(inspector, toTable);
    this.#dismiss.onclick = () => inspector.dismissProblem();
    this.element = element(
      "section",
      { class: "rl-widget rl-inspector", "aria-label": "Event log" },
      element(
        "header",
        { class: "rl-head" },
        element("strong", {}, "Event log"),
        this.#facts,
        this.#transport.element,
      ),
      this.#notice.element,
      this.#overview.element,
      this.#timeline.element,
      this.#filters.element,
      element("div", { class: "rl-body" }, this.table.element, this.#detail.element),
    );
    suppressShortcuts(this.element);
  }

  close(): void {
    this.#overview.close();
    this.#timeline.close();
    this.table.close();
  }

  showState(): void {
    const { summary } = this.#inspector;
    this.element.setAttribute("aria-busy", String(summary === null));
    this.#facts.textContent = summary
      ? [
          `${grouped(summary.events)} events`,
          clockTime(summary.seconds, 0.1),
          summary.turns ? `${grouped(summary.turns)} turns` : "",
          `${summary.dialect} dialect`,
          `${summary.started.slice(0, 19).replace("T", " ")} UTC`,
        ]
          .filter(Boolean)
          .join(" · ")
      : "Reading the log…";
    this.#showNotice();
    this.#transport.showState();
    this.#filters.showState();
    this.#overview.show();
  }

  showSelection(): void {
    this.#detail.showSelection();
    this.table.showRows();
    this.showTimeline();
  }

  showList(): void {
    this.table.showList();
  }

  showRows(): void {
    this.table.showRows();
  }

  showTimeline(): void {
    this.#timeline.showTimeline();
    this.#overview.show();
  }

  showCursor(): void {
    this.#timeline.showCursor();
    this.#transport.showCursor();
    this.#overview.show();
    this.table.showRows();
  }

  reveal(line: number): void {
    this.table.reveal(line);
  }

  #showNotice(): void {
    const { kernelState, problem, player, summary } = this.#inspector;
    const notes = summary?.notes ?? [];
    const text =
      kernelState === "gone"
        ? "The kernel is gone. After a restart, run the notebook's cells again."
        : kernelState === "busy"
          ? "The kernel is busy: rows come when the running cell is done."
          : player.isActive && player.output.blocked
            ? SOUND_BLOCKED
            : problem || notes.join(" ");
    this.#notice.show(text, text === problem);
  }
}
