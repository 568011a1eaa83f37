/** A change of one thing. Plain JSON, because it travels between instances. */
export interface Change {
  /** What changed. */
  readonly key: string;
  /** Counts the changes of this thing, so that a known change is not yielded again. */
  readonly revision: number;
}
