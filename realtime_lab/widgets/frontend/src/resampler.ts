// Streaming resampler: a polyphase bank of Kaiser-windowed sinc filters, exact for any pair of
// whole sample rates.

const ZERO_CROSSINGS = 16;
const KAISER_BETA = 8; // about 80 dB of stop band
const ROLL_OFF = 0.92; // pass band as a share of the lower Nyquist frequency
const BLOCK = 4096;

export class Resampler {
  readonly #up: number;
  readonly #down: number;
  readonly #taps: number;
  readonly #filters: Float32Array;
  readonly #buffer: Float32Array;
  #filled: number;
  #phase = 0;

  constructor(rateIn: number, rateOut: number) {
    const divisor = gcd(rateIn, rateOut);
    this.#up = rateOut / divisor;
    this.#down = rateIn / divisor;
    this.#taps = 2 * Math.ceil(ZERO_CROSSINGS * Math.max(1, rateIn / rateOut));
    this.#filters = filterBank(this.#up, this.#taps, Math.min(1, rateOut / rateIn) * ROLL_OFF);
    this.#filled = this.#taps - 1;
    this.#buffer = new Float32Array(this.#filled + BLOCK);
  }

  /** The samples at the new rate that `input` completes; later ones wait for more input. */
  process(input: Float32Array): Float32Array<ArrayBuffer> {
    const room = Math.ceil(((input.length + this.#taps) * this.#up) / this.#down) + 1;
    const output = new Float32Array(room);
    let made = 0;
    for (let start = 0; start < input.length; start += BLOCK) {
      const block = input.subarray(start, start + BLOCK);
      this.#buffer.set(block, this.#filled);
      this.#filled += block.length;
      made = this.#drain(output, made);
    }
    return output.slice(0, made);
  }

  #drain(output: Float32Array, start: number): number {
    const taps = this.#taps;
    let made = start;
    let read = 0;
    while (read + taps <= this.#filled) {
      const filter = this.#phase * taps;
      let sum = 0;
      for (let k = 0; k < taps; k++) {
        sum += (this.#buffer[read + k] as number) * (this.#filters[filter + k] as number);
      }
      output[made++] = sum;
      this.#phase += this.#down;
      read += Math.floor(this.#phase / this.#up);
      this.#phase %= this.#up;
    }
    // With a large step the next filter may begin beyond what has arrived: go on from there later.
    const used = Math.min(read, this.#filled);
    this.#buffer.copyWithin(0, used, this.#filled);
    this.#filled -= used;
    this.#phase += (read - used) * this.#up;
    return made;
  }
}

function filterBank(phases: number, taps: number, cutoff: number): Float32Array {
  const bank = new Float32Array(phases * taps);
  const half = taps / 2;
  for (let phase = 0; phase < phases; phase++) {
    let sum = 0;
    for (let k = 0; k < taps; k++) {
      const x = k - half + 1 - phase / phases;
      const value = sinc(x * cutoff) * kaiser(x / half);
      bank[phase * taps + k] = value;
      sum += value;
    }
    // Unit gain at 0 Hz in every phase, so that a constant stays a constant.
    for (let k = 0; k < taps; k++)
      bank[phase * taps + k] = (bank[phase * taps + k] as number) / sum;
  }
  return bank;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
  return Math.abs(x) >= 1 ? 0 : bessel(KAISER_BETA * Math.sqrt(1 - x * x)) / bessel(KAISER_BETA);
}

/** Modified Bessel function of the first kind and order 0, by its power series. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > 1e-10 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
