// Plays one of several takes of a text. Switching to another take goes on at the same place of the
// text; a passage can be repeated. It knows nothing of what is shown, and of sound only its times.

import type { Places } from "./places.ts";

/** Between the end of a passage and its repetition. */
const PAUSE_SECONDS = 0.35;
const TICK_MS = 30;

export interface Track {
  id: number;
  places: Places;
}

/** A part of the text, as places. */
export interface Passage {
  from: number;
  to: number;
}

/** Where sound goes. Times are in seconds from the start of the take. */
export interface TakesOutput<Sound> {
  /** Let the clock run; from a click or a key, so that the browser allows it. */
  go(): void;
  /** Play, in place of what sounds. */
  start(sound: Sound, from: number, until: number, gain: number): void;
  stop(): void;
  /** The time that is heard now; it runs on after the end. Null before anything is heard. */
  heard(): number | null;
  /** How much later than what is heard now that is, which would be started now. */
  readonly ahead: number;
  setGain(gain: number): void;
  close(): void;
}

export interface TakesPlayerEvents<Sound> {
  /** What a take sounds like: at once if it is here, else when it is. */
  sound(id: number): Sound | Promise<Sound>;
  /** The factor at which a take is played. */
  gain(id: number): number;
  /** It began, waits or stopped; it is another take. */
  changed(): void;
  /** Somebody put it to another place. */
  moved(): void;
}

export type PlayerState = "stopped" | "waiting" | "playing";

export class TakesPlayer<Sound> {
  state: PlayerState = "stopped";
  passage: Passage | null = null;
  readonly #output: TakesOutput<Sound>;
  readonly #events: TakesPlayerEvents<Sound>;
  #track: Track | null = null;
  /** Chosen, but not here yet: until then the other goes on. */
  #next: Track | null = null;
  #position = 0;
  /** The part of the take that is played. */
  #from = 0;
  #until = 0;
  #run = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(output: TakesOutput<Sound>, events: TakesPlayerEvents<Sound>) {
    this.#output = output;
    this.#events = events;
  }

  /** The take that was chosen. */
  get track(): Track | null {
    return this.#next ?? this.#track;
  }

  get isActive(): boolean {
    return this.state !== "stopped";
  }

  /** Where in the text it is. */
  get place(): number {
    return this.#track?.places.at(this.#now()) ?? 0;
  }

  /** Where in the take that was chosen it is, in seconds. */
  get position(): number {
    return this.#next ? this.#next.places.time(this.place) : this.#now();
  }

  play(): void {
    const { track } = this;
    if (!track) return;
    this.#output.go();
    const { from, to } = this.#span(track);
    const at = this.#now();
    if (at >= to - 0.01 || (this.passage && at < from)) this.#position = from;
    this.#begin();
  }

  pause(): void {
    if (!this.isActive) return;
    this.#settle();
    this.#halt();
    this.#events.changed();
  }

  toggle(): void {
    if (this.isActive) this.pause();
    else this.play();
  }

  /** Go on with another take, at the same place of the text; `null` for none. */
  choose(track: Track | null): void {
    if (!track) {
      this.#halt();
      this.#track = this.#next = null;
      this.#position = 0;
    } else if (this.isActive) {
      this.#next = track;
      this.#begin();
    } else {
      this.#position = track.places.time(this.place);
      this.#track = track;
    }
    this.#events.changed();
  }

  /** Go to a place of the text; a passage that it is outside of is left. */
  seek(place: number): void {
    const { track } = this;
    if (!track) return;
    if (this.passage && (place < this.passage.from || place > this.passage.to)) this.passage = null;
    if (this.#next) this.#track = this.#next;
    this.#next = null;
    this.#position = track.places.time(place);
    if (this.isActive) this.#begin();
    this.#events.moved();
  }

  /** Repeat a part of the text; `null` to go on to the end. */
  repeat(passage: Passage | null): void {
    this.#settle();
    this.passage = passage;
    if (passage && this.#track) {
      const { place } = this;
      if (place < passage.from || place >= passage.to)
        this.#position = this.#track.places.time(passage.from);
    }
    if (this.isActive) this.#begin();
    this.#events.changed();
  }

  /** What it is played at has changed. */
  regain(): void {
    if (this.#track) this.#output.setGain(this.#events.gain(this.#track.id));
  }

  close(): void {
    this.#halt();
    this.#output.close();
  }

  /** See whether an end was reached. */
  tick(): void {
    if (this.state !== "playing" || !this.#track) return;
    const heard = this.#output.heard() ?? 0;
    if (heard < this.#until) return;
    if (!this.passage) {
      this.#position = this.#until;
      this.#halt();
      this.#events.changed();
    } else if (heard >= this.#until + PAUSE_SECONDS) {
      this.#position = this.#span(this.#track).from;
      this.#begin();
    }
  }

  #span(track: Track): { from: number; to: number } {
    if (!this.passage) return { from: 0, to: track.places.seconds };
    return { from: track.places.time(this.passage.from), to: track.places.time(this.passage.to) };
  }

  #now(): number {
    if (this.state !== "playing") return this.#position;
    const heard = this.#output.heard();
    return heard === null ? this.#position : Math.min(Math.max(heard, this.#from), this.#until);
  }

  #settle(): void {
    this.#position = this.#now();
  }

  #halt(): void {
    this.#run++;
    if (this.#next) {
      this.#position = this.#next.places.time(this.place);
      this.#track = this.#next;
      this.#next = null;
    }
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#output.stop();
    this.state = "stopped";
  }

  #begin(): void {
    const run = ++this.#run;
    const track = this.track as Track;
    const sound = this.#events.sound(track.id);
    this.#timer ??= setInterval(() => this.tick(), TICK_MS);
    if (!(sound instanceof Promise)) {
      this.#start(track, sound);
      return;
    }
    // What is playing goes on until the other is here.
    if (this.state === "stopped") this.state = "waiting";
    sound.then(
      (there) => run === this.#run && this.#start(track, there),
      () => {
        if (run !== this.#run) return;
        this.#settle();
        this.#halt();
        this.#events.changed();
      },
    );
  }

  #start(track: Track, sound: Sound): void {
    if (this.#next && this.#track) {
      // Where the other will be when this one is heard.
      const ahead = this.state === "playing" ? this.#output.ahead : 0;
      const place = this.#track.places.at(Math.min(this.#now() + ahead, this.#until));
      this.#position = track.places.time(place);
    }
    this.#track = track;
    this.#next = null;
    const { from, to } = this.#span(track);
    const start = Math.min(Math.max(this.#position, from), to);
    this.#position = this.#from = start;
    this.#until = to;
    this.#output.start(sound, start, to, this.#events.gain(track.id));
    this.state = "playing";
    this.#events.changed();
  }
}
