// Figures as the table shows them.

/** Three digits that mean something. */
export function figure(value: number): string {
  if (Number.isInteger(value)) return signed(String(value));
  return signed(value.toFixed(decimals(value)));
}

/** How far a value spreads, with as many decimals as the value. */
export function deviationOf(value: number, spread: number): string {
  return `±${spread.toFixed(Math.max(decimals(value), Number.isInteger(value) ? 1 : 0))}`;
}

function decimals(value: number): number {
  const size = Math.abs(value);
  if (size >= 100) return 0;
  if (size >= 10) return 1;
  return size >= 0.01 || size === 0 ? 2 : 4;
}

/** A gain, with its sign. */
export function decibels(gain: number): string {
  const text = Math.abs(gain).toFixed(1);
  return Number(text) === 0 ? "0 dB" : `${gain < 0 ? "−" : "+"}${text} dB`;
}

function signed(text: string): string {
  return text.replace("-", "−");
}
