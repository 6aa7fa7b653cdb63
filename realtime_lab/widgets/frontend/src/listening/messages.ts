// What the page of a listener asks the kernel, and what it is answered. The kernel's half is
// widgets/listening_answers.py.

export interface Scale {
  /** Whether one answer compares two stimuli; otherwise each stimulus has an answer. */
  compares: boolean;
  lowest: number;
  highest: number;
  step: number;
  labels: [value: number, told: string][];
}

export interface Opened {
  question: string;
  scale: Scale;
  trials: number;
  /** Whether answers are in a file, and not only in the kernel's memory. */
  kept: boolean;
  /** The first trial without an answer; null when all have one. */
  next: number | null;
}

export interface TrialFacts {
  practice: boolean;
  /** What is said. */
  text: string;
  /** The answer that is asked for in words, to see who reads: of which stimulus, or of the pair. */
  target: { value: number; stimulus: number | null } | null;
  clips: { samples: number; rate: number }[];
  /** What was answered before. */
  given: number[] | null;
  /** How often each was played until then; null before the first answer. */
  plays: number[] | null;
  comment: string;
}

export interface Questions {
  open: { asks: object; answer: Opened };
  trial: { asks: { trial: number }; answer: TrialFacts };
  /** PCM16, a buffer of so many samples. */
  audio: {
    asks: { trial: number; letter: number; first: number; count: number };
    answer: object;
  };
  /** Kept before it is answered. */
  give: {
    asks: { trial: number; given: number[]; comment: string; seconds: number; plays: number[] };
    answer: { next: number | null };
  };
}
