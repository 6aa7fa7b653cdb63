// What is still to be played, sample by sample. It grows with what arrives, because a reply comes
// faster than it plays and its length is not known beforehand. No audio API in here: tests run it.

const FADE_SECONDS = 0.005;
const START_SECONDS = 0.06;
const LONGEST_START_SECONDS = 0.24;

type Piece = { item: string; samples: Int16Array; read: number } | { item: string; end: true };

export interface QueueEvents {
  /** An item was played to its end; `samples` of it were rendered. */
  ended(item: string, samples: number): void;
  /** The last sample after `stop` was rendered. */
  silent(): void;
}

export class PlaybackQueue {
  /** How often a reply paused because its next piece was late. */
  underruns = 0;
  /** The item being played and how many of its samples were rendered. */
  current: { item: string; samples: number } | null = null;

  readonly #rate: number;
  readonly #events: QueueEvents;
  #pieces: Piece[] = [];
  #waiting = 0;
  #playing = false;
  #starved = false;
  #startSeconds = START_SECONDS;
  #fadeIn = 0;
  #fadeOut: Float32Array | null = null;

  constructor(rate: number, events: QueueEvents) {
    this.#rate = rate;
    this.#events = events;
  }

  push(item: string, samples: Int16Array): void {
    if (this.#starved && item === this.current?.item) {
      this.underruns++;
      this.#startSeconds = Math.min(2 * this.#startSeconds, LONGEST_START_SECONDS);
    }
    this.#starved = false;
    this.#pieces.push({ item, samples, read: 0 });
    this.#waiting += samples.length;
  }

  /** Nothing more comes for `item`. */
  finish(item: string): void {
    this.#pieces.push({ item, end: true });
  }

  /** Forget everything; what sounds now fades within 5 ms so that there is no click. */
  stop(): { item: string; samples: number } | null {
    const stopped = this.current;
    const tail = new Float32Array(this.#playing ? Math.round(FADE_SECONDS * this.#rate) : 0);
    const length = this.#read(tail, () => {});
    for (let i = 0; i < length; i++) tail[i] = (tail[i] as number) * (1 - (i + 1) / length);
    this.#fadeOut = tail.subarray(0, length);
    this.#pieces = [];
    this.#waiting = 0;
    this.#playing = false;
    this.#starved = false;
    this.current = null;
    return stopped;
  }

  /** Fill `output` (zeroed by the caller) with what comes next. */
  render(output: Float32Array): void {
    if (this.#fadeOut) this.#renderFadeOut(output, this.#fadeOut);
    if (!this.#playing && !this.#start()) return;
    const length = this.#read(output, this.#events.ended);
    this.#renderFadeIn(output, length);
    if (length < output.length) this.#runDry(output, length);
  }

  #start(): boolean {
    const [next] = this.#pieces;
    if (!next) return false;
    const complete = this.#pieces.some((piece) => "end" in piece && piece.item === next.item);
    this.#playing = complete || this.#waiting >= this.#startSeconds * this.#rate;
    if (this.#playing) this.#fadeIn = Math.round(FADE_SECONDS * this.#rate);
    return this.#playing;
  }

  #read(output: Float32Array, ended: QueueEvents["ended"]): number {
    let written = 0;
    for (let piece = this.#pieces[0]; piece; piece = this.#pieces[0]) {
      if (this.current?.item !== piece.item) this.current = { item: piece.item, samples: 0 };
      if ("end" in piece) {
        ended(piece.item, this.current.samples);
        this.current = null;
      } else {
        if (written === output.length) break;
        const part = piece.samples.subarray(piece.read, piece.read + output.length - written);
        for (const sample of part) output[written++] = sample / 0x8000;
        piece.read += part.length;
        this.current.samples += part.length;
        this.#waiting -= part.length;
        if (piece.read < piece.samples.length) break;
      }
      this.#pieces.shift();
    }
    return written;
  }

  #runDry(output: Float32Array, length: number): void {
    this.#playing = false;
    this.#starved = this.current !== null;
    if (this.#starved)
      for (let i = 0; i < length; i++) output[i] = (output[i] as number) * (1 - i / length);
  }

  #renderFadeIn(output: Float32Array, length: number): void {
    const steps = Math.round(FADE_SECONDS * this.#rate);
    for (let i = 0; i < length && this.#fadeIn > 0; i++, this.#fadeIn--) {
      output[i] = (output[i] as number) * (1 - this.#fadeIn / steps);
    }
  }

  #renderFadeOut(output: Float32Array, tail: Float32Array): void {
    const part = tail.subarray(0, output.length);
    output.set(part);
    this.#fadeOut = tail.length > part.length ? tail.subarray(part.length) : null;
    if (!this.#fadeOut) this.#events.silent();
  }
}
