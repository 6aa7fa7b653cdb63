// Figures as the table shows them.

/** Three digits that mean something; no more than that, and none that stand for nothing. */
export function figure(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  if (value !== 0 && Math.abs(value) < 0.01) return signed(value.toPrecision(2));
  return signed(Number.isInteger(value) ? String(value) : value.toFixed(digits));
}

/** A gain, with its sign. */
export function decibels(gain: number): string {
  const text = Math.abs(gain).toFixed(1);
  return Number(text) === 0 ? "0 dB" : `${gain < 0 ? "−" : "+"}${text} dB`;
}

function signed(text: string): string {
  return text.replace("-", "−");
}
