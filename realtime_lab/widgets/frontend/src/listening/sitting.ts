// One listener at one display: which trial it is, what was heard of it, what is answered. The view
// shows its state and calls its commands.

import type { KernelLink, KernelState } from "../kernel_link.ts";
import type { Opened, Questions, TrialFacts } from "./messages.ts";
import type { StimulusPlayer } from "./stimulus_player.ts";

export const letter = (index: number) => String.fromCharCode(65 + index);

export interface SittingView {
  /** Another trial, or the end. */
  showTrial(): void;
  showState(): void;
  /** A sentence for those who do not see it. */
  announce(told: string): void;
}

export class Sitting {
  opened: Opened | null = null;
  number: number | null = null;
  trial: TrialFacts | null = null;
  /** What is answered so far; null where nothing is. */
  given: (number | null)[] = [];
  comment = "";
  problem = "";
  kernelState: KernelState = "ready";
  /** An answer is on its way to the disk. */
  saving = false;
  /** Another trial is on its way from the kernel. */
  #isTurning = false;

  readonly #link: Pick<KernelLink<Questions>, "ask">;
  readonly #player: StimulusPlayer;
  readonly #now: () => number;
  #view: SittingView | null = null;
  #shownAt = 0;

  /** `now` gives milliseconds. */
  constructor(link: Pick<KernelLink<Questions>, "ask">, player: StimulusPlayer, now: () => number) {
    this.#link = link;
    this.#player = player;
    this.#now = now;
    player.onchange = () => this.#view?.showState();
  }

  async attach(view: SittingView): Promise<void> {
    this.#view = view;
    view.showState();
    this.opened = (await this.#link.ask("open", {})).answer;
    await this.#turnTo(this.opened.next);
  }

  get player(): StimulusPlayer {
    return this.#player;
  }

  /** What must still be done before the answer is taken; empty when nothing is. */
  get missing(): string {
    const unheard = this.#player.unheard.map(letter);
    if (unheard.length) return `Listen to ${listed(unheard)} to the end.`;
    const open = this.given.flatMap((value, i) => (value === null ? [letter(i)] : []));
    if (!open.length) return "";
    return this.opened?.scale.compares ? "Choose an answer." : `Rate ${listed(open)}.`;
  }

  play(index: number): void {
    if (index < (this.trial?.clips.length ?? 0)) this.#player.play(index);
  }

  /** Answer: of a pair with index 0, otherwise for each stimulus. */
  give(index: number, value: number): void {
    const scale = this.opened?.scale;
    if (!scale || this.saving || index >= this.given.length) return;
    const kept = Math.min(scale.highest, Math.max(scale.lowest, value));
    this.given[index] = Math.round(kept / scale.step) * scale.step;
    this.#view?.showState();
  }

  /** Answer one step further to a side. */
  shift(index: number, steps: number): void {
    const scale = this.opened?.scale;
    if (!scale) return;
    const middle = (scale.lowest + scale.highest) / 2;
    this.give(index, (this.given[index] ?? middle) + steps * scale.step);
  }

  /** Keep the answer and go on; or say what is missing. */
  async submit(): Promise<void> {
    const { number, missing } = this;
    if (number === null || this.saving || this.#isTurning) return;
    if (missing) {
      this.#view?.announce(missing);
      return;
    }
    this.saving = true;
    this.#view?.showState();
    try {
      const { answer } = await this.#link.ask("give", {
        trial: number,
        given: this.given as number[],
        comment: this.comment,
        seconds: (this.#now() - this.#shownAt) / 1000,
        plays: this.#player.plays,
      });
      this.problem = "";
      await this.#turnTo(answer.next);
    } catch {
      // The link has told why; the answer stands as it was given, to be sent again.
    } finally {
      this.saving = false;
      this.#view?.showState();
    }
  }

  /** Look at the trial before, to change the answer. */
  async back(): Promise<void> {
    const last = this.number ?? this.opened?.trials ?? 0;
    if (last === 0 || this.saving || this.#isTurning) return;
    try {
      await this.#turnTo(last - 1);
    } catch {
      // The link has told why; the trial that is shown stays.
    }
  }

  tell(problem: string): void {
    this.problem = problem;
    this.#view?.showState();
  }

  showKernel(state: KernelState): void {
    this.kernelState = state;
    this.#view?.showState();
  }

  close(): void {
    this.#player.close();
    this.#view = null;
  }

  async #turnTo(number: number | null): Promise<void> {
    this.#player.stop();
    const trial = await this.#trialAt(number);
    this.number = number;
    this.trial = trial;
    this.comment = trial?.comment ?? "";
    const answers = this.opened?.scale.compares ? 1 : (trial?.clips.length ?? 0);
    this.given = trial?.given ?? Array<null>(answers).fill(null);
    this.#player.load(number, trial?.clips ?? [], trial?.plays ?? null);
    this.#shownAt = this.#now();
    this.#view?.showTrial();
    this.#view?.showState();
  }

  async #trialAt(number: number | null): Promise<TrialFacts | null> {
    if (number === null) return null;
    this.#isTurning = true;
    try {
      return (await this.#link.ask("trial", { trial: number })).answer;
    } finally {
      this.#isTurning = false;
    }
  }
}

function listed(names: string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}
