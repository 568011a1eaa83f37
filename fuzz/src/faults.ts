/**
 * What an input brought to light. Faults are noted rather than thrown where the engine would catch
 * them.
 */
export interface Faults {
  readonly found: readonly string[];
  note(fault: string): void;
}

/** An empty list. */
export function createFaults(): Faults {
  const found: string[] = [];
  return { found, note: (fault) => void (found.length < 20 && found.push(fault)) };
}
