// Sound from the kernel, piece by piece.

import type { Sound } from "./takes_output.ts";

/** Samples of a message: 0.4 MB, so that nothing else waits long. */
const PIECE = 200_000;
const LOUDEST = 0x8000;

/** Gives PCM16, so many samples from the first on. */
export type FetchPiece = (first: number, count: number) => Promise<DataView | undefined>;

export async function fetchSound(
  { samples: size, rate }: { samples: number; rate: number },
  fetchPiece: FetchPiece,
): Promise<Sound> {
  const samples = new Float32Array(size);
  for (let first = 0; first < size; first += PIECE) {
    const pcm = await fetchPiece(first, Math.min(PIECE, size - first));
    if (!pcm) continue;
    const values = new Int16Array(copied(pcm));
    for (let i = 0; i < values.length; i++) samples[first + i] = (values[i] as number) / LOUDEST;
  }
  return { samples, rate };
}

/** Copied: what came over a socket may lie at an odd address. */
export function copied(view: DataView): ArrayBuffer {
  return view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) as ArrayBuffer;
}
