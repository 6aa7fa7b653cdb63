// The part of a session's time that is in view. Times are in seconds from the start of the log.

const SHORTEST_WINDOW = 0.02;
/** Free space after the last event, as a share of the whole. */
const MARGIN = 0.01;
const STEPS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900,
  1800, 3600, 7200, 14400, 28800,
];
const LABEL_PIXELS = 84;

export class TimeAxis {
  start = 0;
  end = 1;
  width = 1;
  #duration = 0;
  #length = 0;

  /** How long the session is. */
  get duration(): number {
    return this.#duration;
  }

  get span(): number {
    return this.end - this.start;
  }

  /** Where the whole session is in view. */
  get fitted(): number {
    return Math.max(this.#duration * (1 + MARGIN), 1);
  }

  get isFitted(): boolean {
    const slack = this.fitted * 0.001;
    return this.start <= slack && Math.abs(this.end - this.fitted) <= slack;
  }

  /** The latest time that can be in view. */
  get limit(): number {
    return Math.max(this.fitted, this.#length);
  }

  /**
   * The session is so long now, and so long with speech that nobody played. Who saw all of it, or
   * its end, goes on seeing that.
   */
  grow(duration: number, length = duration): void {
    const all = this.isFitted || this.#duration === 0;
    const sawEnd = this.end >= this.#duration;
    const added = duration - this.#duration;
    this.#duration = duration;
    this.#length = length;
    if (all) this.fit();
    else if (sawEnd && added > 0) this.show(this.start + added, this.end + added);
  }

  fit(): void {
    this.start = 0;
    this.end = this.fitted;
  }

  show(start: number, end: number): void {
    const span = Math.min(Math.max(end - start, SHORTEST_WINDOW), this.limit);
    this.start = Math.min(Math.max(0, start), this.limit - span);
    this.end = this.start + span;
  }

  /** Above 1 shows less time; what is at `at` stays where it is. */
  zoom(factor: number, at: number): void {
    const span = Math.min(Math.max(this.span / factor, SHORTEST_WINDOW), this.limit);
    const share = (at - this.start) / this.span;
    this.show(at - share * span, at - share * span + span);
  }

  pan(seconds: number): void {
    this.show(this.start + seconds, this.end + seconds);
  }

  /** Turn the page if that time is not in view; says whether it did. */
  reveal(time: number): boolean {
    if (time >= this.start && time <= this.end) return false;
    this.show(time - this.span * 0.1, time + this.span * 0.9);
    return true;
  }

  x(time: number): number {
    return ((time - this.start) / this.span) * this.width;
  }

  time(x: number): number {
    return this.start + (x / this.width) * this.span;
  }

  /** The times to write on a ruler, and the step between them. */
  ticks(): { step: number; times: number[] } {
    const least = (this.span * LABEL_PIXELS) / this.width;
    const last = STEPS.at(-1) as number;
    const step = STEPS.find((s) => s >= least) ?? Math.ceil(least / last) * last;
    const first = Math.ceil(this.start / step - 1e-9);
    const count = Math.floor(this.end / step + 1e-9) - first + 1;
    return {
      step,
      times: Array.from({ length: Math.max(0, count) }, (_, i) => (first + i) * step),
    };
  }
}
