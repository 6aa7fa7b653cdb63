// What a voice booth asks the kernel, and what it is answered. The kernel's half is
// widgets/voice_booth_answers.py. Times are in seconds from the start of a take.

/** A measure of takes: a column of the table. */
export interface Column {
  name: string;
  label: string;
  unit: string;
  /** What it is, in a sentence. */
  about: string;
  /** Whether the table shows it before anybody chose. */
  shown: boolean;
}

/** One voice that said one text once. */
export interface TakeFacts {
  source: string;
  voice: string;
  repeat: number;
  /** Which of the texts it was asked to say. */
  text: number;
  seconds: number;
  rate: number;
  samples: number;
  /** Each word that was said: where it is, and which word of the text it is; null if none. */
  said: [text: string, start: number, end: number, match: number | null][];
  /** When each word of the text begins and ends, one after the other. */
  times: number[];
}

export interface Summary {
  /** The texts, as words. */
  texts: string[][];
  takes: TakeFacts[];
  columns: Column[];
  /** The common loudness, in LUFS. */
  target: number;
  /** Which takes there are not, and why. */
  notes: string[];
}

export interface Measures {
  values: { [name: string]: number | null };
  /** What brings it to the common loudness; null where its loudness is not known. */
  gain: { decibels: number; limited: boolean } | null;
  /** Why there is no value, by name. */
  reasons: { [name: string]: string };
  /** What is wrong in the audio: when, for how long, and what. */
  artefacts: [at: number, seconds: number, told: string][];
}

export interface Questions {
  open: { asks: object; answer: Summary };
  /** Beside it, times and hertz of the pitch as 32-bit floats: a buffer each. */
  measures: { asks: { take: number }; answer: Measures };
  /** PCM16, a buffer of so many samples. */
  audio: { asks: { take: number; first: number; count: number }; answer: object };
}
