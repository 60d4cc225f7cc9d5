// What is remembered of a delivery between its tries, kept as its last error.
import type { Delivery } from '../../store/index.ts';

export interface AttemptNote {
  /** How often it was sent, or its sending begun. */
  tries: number;
  /** Tries that failed although others went through: how poison is told from an outage. */
  counted: number;
  /** When a try was made whose outcome nobody knows, milliseconds. */
  lostAt?: number;
  /** How often it was looked for since. */
  lookUps: number;
  triedAt?: number;
  /** It came out of a backup, and was looked for before it was sent. */
  isLookedUp?: boolean;
  /** What went wrong last. */
  why: string;
}

export const noNote: AttemptNote = { tries: 0, counted: 0, lookUps: 0, why: '' };

export function readNote({ lastError }: Pick<Delivery, 'lastError'>): AttemptNote {
  if (lastError === undefined) return noNote;
  try {
    return { ...noNote, ...(JSON.parse(lastError) as Partial<AttemptNote>) };
  } catch {
    // Buried with a text and made due again by `replay`: a fresh start.
    return noNote;
  }
}

export function writeNote(note: AttemptNote): string {
  return JSON.stringify({ ...note, why: note.why.slice(0, 1_000) });
}
