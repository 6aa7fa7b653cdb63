// Numbers and times as they are read.

const NUMBERS = new Intl.NumberFormat("en");

/** A whole number with its thousands apart. */
export function grouped(number: number): string {
  return NUMBERS.format(number);
}

/** A time as a clock shows it, with as many decimals as `step` needs. */
export function clockTime(seconds: number, step = 0.001): string {
  const decimals = step >= 1 ? 0 : step >= 0.1 ? 1 : step >= 0.01 ? 2 : 3;
  const rounded = Number(Math.max(0, seconds).toFixed(decimals));
  const hours = Math.floor(rounded / 3600);
  const minutes = Math.floor((rounded % 3600) / 60);
  const rest = (rounded % 60).toFixed(decimals).padStart(decimals ? 3 + decimals : 2, "0");
  if (hours) return `${hours}:${String(minutes).padStart(2, "0")}:${rest}`;
  return `${minutes}:${rest}`;
}

/** A length of time in the unit that reads best. */
export function duration(seconds: number): string {
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(2)} s`;
  return `${clockTime(seconds, 1)} min`;
}
