import type { CaseResult } from "./result.js";

/** A good result of a case, but for what a test gives it. */
export function caseResult(given: Partial<CaseResult> = {}): CaseResult {
  return {
    subject: "tightwire",
    case: "unread-gzip",
    attackers: 1,
    crash: undefined,
    heldBytes: 1,
    peakBytes: 1,
    descriptors: 0,
    descriptorsLeft: 0,
    cpuSeconds: 1,
    quiet: { calls: 10, failures: 0, longestMs: 5 },
    neighbour: { calls: 10, failures: 0, longestMs: 5 },
    attack: {
      connections: 1,
      open: 1,
      ends: { open: 1 },
      goaways: {},
      statuses: {},
      resets: {},
      sentBytes: 1,
      receivedBytes: 1,
      seconds: 1,
      faults: [],
    },
    ...given,
  };
}
