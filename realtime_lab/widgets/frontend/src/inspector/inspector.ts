// One display of the inspector: what is shown of the log, and what the reader does with it. Views
// show its state and call its commands.

import type { AnyModel } from "@anywidget/types";
import { Kernel, type KernelState } from "./kernel.ts";
import { EVERYTHING, type Filter, type Summary } from "./messages.ts";
import { Player } from "./player.ts";
import { RowList } from "./row_list.ts";
import { Search } from "./search.ts";
import { Selection } from "./selection.ts";
import { Timeline } from "./timeline.ts";

/** How often a log that grows is looked at again as a whole. */
const REFRESH_MS = 1000;

export interface InspectorView {
  /** What is known of the log, the filter, notices, the replay. */
  showState(): void;
  /** The selected event and its details. */
  showSelection(): void;
  /** It is another list. */
  showList(): void;
  showRows(): void;
  showTimeline(): void;
  showCursor(): void;
  reveal(line: number): void;
}

export class Inspector {
  summary: Summary | null = null;
  kernelState: KernelState = "ready";
  problem = "";
  readonly kernel: Kernel;
  readonly list: RowList;
  readonly selection: Selection;
  readonly search: Search;
  readonly timeline: Timeline;
  readonly player: Player;

  #view: InspectorView | null = null;
  #refreshing: ReturnType<typeof setTimeout> | undefined;

  constructor(model: AnyModel) {
    const kernel = new Kernel(model, {
      grown: (events, seconds) => this.#grow(events, seconds),
      measured: () => this.timeline.data.outdate(this.timeline.axis),
      state: (state) => this.#kernelChanged(state),
      problem: (problem) => this.#tell(problem),
    });
    this.kernel = kernel;
    this.list = new RowList(kernel, {
      changed: () => this.#rowsChanged(),
      replaced: () => this.#listReplaced(),
    });
    this.selection = new Selection(kernel, this.list, {
      changed: () => this.#view?.showSelection(),
      reveal: (line) => this.#view?.reveal(line),
    });
    this.search = new Search(kernel, this.list, this.selection, () => this.#view?.showState());
    this.timeline = new Timeline(kernel, () => this.#view?.showTimeline());
    this.player = new Player(kernel, this.list, {
      changed: () => this.#view?.showState(),
      moved: () => this.#cursorMoved(),
    });
  }

  /** How long there is something to hear. */
  get length(): number {
    return this.summary?.length ?? 0;
  }

  attach(view: InspectorView): void {
    this.#view = view;
    attempt(this.#refresh());
    attempt(this.list.setFilter(this.list.filter));
  }

  close(): void {
    clearTimeout(this.#refreshing);
    this.player.close();
    this.kernel.close();
    this.#view = null;
  }

  // -- what the reader does -----------------------------------------------------------------------

  setFilter(changes: Partial<Filter>): void {
    attempt(this.list.setFilter({ ...this.list.wanted, ...changes }));
    this.#view?.showState();
  }

  showEverything(): void {
    this.setFilter({ ...EVERYTHING, folded: this.list.wanted.folded });
  }

  find(backwards: boolean): void {
    attempt(this.search.step(backwards));
  }

  /** Show an event and its details. */
  jump(seq: number): void {
    this.selection.setOpen(true);
    attempt(this.selection.select(seq).then(() => this.timeline.reveal(this.selection.at ?? 0)));
  }

  jumpToTime(at: number): void {
    attempt(
      this.kernel.ask("moment", { at }).then(({ answer }) => this.selection.select(answer.seq)),
    );
  }

  dismissProblem(): void {
    this.#tell("");
  }

  playFrom(at: number): void {
    this.player.play(at, this.length);
  }

  togglePlay(): void {
    this.player.toggle(this.selection.at ?? 0, this.length);
  }

  seek(at: number): void {
    this.player.seek(at, this.length);
  }

  // -- what happens -------------------------------------------------------------------------------

  async #refresh(): Promise<void> {
    const { answer } = await this.kernel.ask("open", {});
    this.summary = answer;
    this.player.output.rate = answer.rate;
    this.timeline.refresh(answer.seconds, answer.length, this.list.filter);
    this.#view?.showState();
  }

  #grow(events: number, seconds: number): void {
    if (!this.summary) return;
    const length = Math.max(seconds, this.length);
    this.summary = { ...this.summary, events, seconds, length };
    attempt(this.list.grow());
    this.#refreshing ??= setTimeout(() => {
      this.#refreshing = undefined;
      attempt(this.#refresh());
    }, REFRESH_MS);
    this.#view?.showState();
  }

  #rowsChanged(): void {
    this.selection.rowsCame();
    this.#view?.showRows();
  }

  #listReplaced(): void {
    this.player.passing.forget();
    this.timeline.recount(this.list.filter);
    this.#view?.showList();
    this.#view?.showState();
    attempt(this.selection.locate());
  }

  #cursorMoved(): void {
    if (this.player.isActive) this.timeline.reveal(this.player.cursor);
    this.#view?.showCursor();
  }

  #kernelChanged(state: KernelState): void {
    if (state === this.kernelState) return;
    this.kernelState = state;
    this.#view?.showState();
  }

  #tell(problem: string): void {
    this.problem = problem;
    this.#view?.showState();
  }
}

/** What fails is told by the kernel's link, whose events say why. */
function attempt(task: Promise<unknown>): void {
  task.catch(() => {});
}
