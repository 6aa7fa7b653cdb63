// Places in a text that several voices say, each at its own pace. A place is a number: the borders
// of the words are whole (word n begins at 2n + 1 and ends at 2n + 2; the take begins at 0), and
// what lies between them is shared out evenly.

export class Places {
  readonly seconds: number;
  /** The time of each whole place; never falling. */
  readonly #times: number[];

  /** `times`: when each word of the text begins and ends, one after the other. */
  constructor(times: readonly number[], seconds: number) {
    this.seconds = seconds;
    let last = 0;
    this.#times = [0, ...times, seconds].map((time) => {
      last = Math.min(seconds, Math.max(last, time));
      return last;
    });
  }

  get end(): number {
    return this.#times.length - 1;
  }

  /** The place that is heard at a time: the last one, where several are. */
  at(time: number): number {
    const times = this.#times;
    let low = 0;
    let high = times.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((times[middle] as number) <= time) low = middle;
      else high = middle - 1;
    }
    const start = times[low] as number;
    const next = times[low + 1];
    if (next === undefined || next <= start) return low;
    return low + Math.min(1, Math.max(0, (time - start) / (next - start)));
  }

  /** When a place is heard. */
  time(place: number): number {
    const times = this.#times;
    const index = Math.min(Math.max(0, Math.floor(place)), times.length - 1);
    const start = times[index] as number;
    const next = times[index + 1] ?? start;
    return start + (next - start) * Math.min(1, Math.max(0, place - index));
  }
}
