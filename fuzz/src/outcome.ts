/** What came of an input. */
export interface Outcome {
  /** Rules that were broken; none when all is well. */
  readonly faults: readonly string[];
  /** What was told and what was said: the same for the same bytes, however they were cut. */
  readonly log: readonly string[];
}
