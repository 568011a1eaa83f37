/** Counts calls of one side of a soak. */
export interface SoakBooks {
  begun: number;
  ended: number;
  /** Endings that came a second time: none may. */
  endedAgain: number;
  readonly byCode: Map<number, number>;
}

/** Books without calls. */
export function createSoakBooks(): SoakBooks {
  return { begun: 0, ended: 0, endedAgain: 0, byCode: new Map() };
}

/** Books the end of a call; `again` when it had ended before. */
export function bookEnd(books: SoakBooks, code: number, again: boolean): void {
  if (again) books.endedAgain++;
  else books.ended++;
  books.byCode.set(code, (books.byCode.get(code) ?? 0) + 1);
}
