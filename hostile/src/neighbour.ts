/** What came of an honest client's calls since it was last asked. */
export interface NeighbourReport {
  readonly calls: number;
  readonly failures: number;
  /** From a call's start to its end, in milliseconds; calls that still wait are among them. */
  readonly longestMs: number;
}
