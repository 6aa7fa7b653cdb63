// What a take looks like: waveform and spectrogram by wavesurfer.js, and over them the pitch, the
// place that is heard, the word, and the passage that is selected.

import WaveSurfer from "wavesurfer.js";
import Spectrogram from "wavesurfer.js/plugins/spectrogram";
import { element } from "../dom.ts";
import { Canvas } from "../inspector/canvas.ts";
import { paintPitch } from "./pitch.ts";
import type { Pitch } from "./take_store.ts";
import type { Sound } from "./takes_output.ts";

export const WAVE_HEIGHT = 36;
export const SPECTROGRAM_HEIGHT = 72;
const HIGHEST_HZ = 8000;
/** A window of 21 ms at 24 kHz: harmonics and formants both show. */
const WINDOW = 512;
const RANGE_DB = 50;
/** Like Praat's: formants above 1 kHz stay visible. */
const PRE_EMPHASIS = 6;
/** From nothing to ink, which the style sheet inverts on dark pages. */
const INK = Array.from({ length: 256 }, (_, i) => [0, 0, 0, (i / 255) ** 1.4]);
const CLICK_PIXELS = 4;
const COARSE_PIXELS = 3;

export interface SoundEvents {
  seek(time: number): void;
  select(from: number, to: number): void;
}

export class SoundView {
  readonly element: HTMLElement;
  /** Whether everything that can be seen of the sound was drawn. */
  isDrawn = false;
  /** The largest sample. */
  peak = 0;

  readonly #events: SoundEvents;
  readonly #seconds: number;
  readonly #wave = element("div", { class: "rl-wave" });
  readonly #spectrogram = element("div", { class: "rl-spectrogram" });
  readonly #faults = element("div", { class: "rl-faults" });
  readonly #passage = element("div", { class: "rl-passage" });
  readonly #word = element("div", { class: "rl-now" });
  readonly #cursor = element("div", { class: "rl-cursor" });
  readonly #canvas: Canvas;
  #pitch: Pitch | null = null;
  #surfer: WaveSurfer | null = null;
  #width = 0;
  #x = -1;
  readonly #resizing = new ResizeObserver(([entry]) => {
    this.#width = entry?.contentRect.width ?? 0;
  });

  constructor(seconds: number, events: SoundEvents) {
    this.#events = events;
    this.#seconds = Math.max(seconds, 0.01);
    this.#canvas = new Canvas((brush) => {
      if (this.#pitch) paintPitch(brush, this.#canvas, this.#pitch, this.#seconds);
    });
    this.#canvas.element.className = "rl-pitch";
    this.#spectrogram.style.height = `${SPECTROGRAM_HEIGHT}px`;
    this.#wave.style.height = `${WAVE_HEIGHT}px`;
    this.element = element(
      "div",
      { class: "rl-sound" },
      this.#wave,
      element("div", { class: "rl-over" }, this.#spectrogram, this.#canvas.element),
      this.#passage,
      this.#word,
      this.#faults,
      this.#cursor,
    );
    this.#resizing.observe(this.element);
    this.element.addEventListener("pointerdown", this.#press);
  }

  /** How much of the width it has: all of it if it is as long as the longest. */
  setLongest(longest: number): void {
    this.element.style.width = `${(100 * this.#seconds) / longest}%`;
  }

  draw({ samples, rate }: Sound): void {
    if (this.#surfer || !samples.length) return;
    for (const sample of samples) this.peak = Math.max(this.peak, Math.abs(sample));
    const spectrogram = Spectrogram.create({
      container: this.#spectrogram,
      height: SPECTROGRAM_HEIGHT,
      fftSamples: WINDOW,
      windowFunc: "hann",
      scale: "linear",
      frequencyMax: Math.min(HIGHEST_HZ, rate / 2),
      autoGain: true,
      rangeDB: RANGE_DB,
      preEmphasis: PRE_EMPHASIS,
      colorMap: INK,
    });
    spectrogram.on("ready", () => {
      this.isDrawn = true;
    });
    this.#surfer = WaveSurfer.create({
      container: this.#wave,
      height: WAVE_HEIGHT,
      peaks: [samples],
      duration: samples.length / rate,
      waveColor: "#000",
      cursorWidth: 0,
      normalize: true,
      interact: false,
      autoScroll: false,
      hideScrollbar: true,
      plugins: [spectrogram],
    });
  }

  setPitch(pitch: Pitch): void {
    this.#pitch = pitch;
    this.#canvas.show();
  }

  /** How high the waveform is drawn, of what there is room for. */
  setHeight(share: number): void {
    this.#wave.style.transform = `scaleY(${Math.min(1, share).toFixed(3)})`;
  }

  /** When something is wrong in the audio, and what. */
  setFaults(faults: readonly [at: number, seconds: number, told: string][]): void {
    this.#faults.replaceChildren(
      ...faults.map(([at, seconds, told]) => {
        const mark = element("span", { title: `${at.toFixed(2)} s: ${told}` });
        mark.style.left = this.#share(at);
        mark.style.width = `max(3px, ${this.#share(seconds)})`;
        return mark;
      }),
    );
  }

  /** `coarse`: every few pixels will do, and painting is what costs. */
  setCursor(time: number, coarse: boolean): void {
    const x = (Math.min(time, this.#seconds) / this.#seconds) * this.#width;
    if (Math.abs(x - this.#x) < (coarse ? COARSE_PIXELS : 0.05)) return;
    this.#x = x;
    this.#cursor.style.transform = `translateX(${x.toFixed(1)}px)`;
  }

  setWord(span: readonly [number, number] | null): void {
    this.#show(this.#word, span);
  }

  setPassage(span: readonly [number, number] | null): void {
    this.#show(this.#passage, span);
  }

  close(): void {
    this.#resizing.disconnect();
    this.#canvas.close();
    this.#surfer?.destroy();
  }

  #show(band: HTMLElement, span: readonly [number, number] | null): void {
    band.hidden = !span;
    if (!span) return;
    band.style.left = this.#share(span[0]);
    band.style.width = this.#share(span[1] - span[0]);
  }

  #share(time: number): string {
    return `${((100 * time) / this.#seconds).toFixed(3)}%`;
  }

  readonly #press = (down: PointerEvent): void => {
    if (down.button !== 0) return;
    const { left, width } = this.element.getBoundingClientRect();
    const time = (x: number) => Math.min(1, Math.max(0, (x - left) / width)) * this.#seconds;
    let last = down.clientX;
    const isDrag = () => Math.abs(last - down.clientX) > CLICK_PIXELS;
    const move = (event: PointerEvent) => {
      last = event.clientX;
      if (isDrag()) this.#events.select(time(down.clientX), time(last));
    };
    const up = () => {
      this.element.removeEventListener("pointermove", move);
      if (!isDrag()) this.#events.seek(time(down.clientX));
    };
    this.element.setPointerCapture(down.pointerId);
    this.element.addEventListener("pointermove", move);
    this.element.addEventListener("lostpointercapture", up, { once: true });
  };
}
