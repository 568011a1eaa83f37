import type { Input } from "./input.js";
import { runPart } from "./run-part.js";
import { runSession } from "./run-session.js";

/** What came of an input. */
export interface Outcome {
  /** Rules that were broken; none when all is well. */
  readonly faults: readonly string[];
  /** What was told and what was said: the same for the same octets, however they were cut. */
  readonly log: readonly string[];
}

/** Runs an input. Never throws: what is thrown is a fault. */
export function runInput(input: Input): Outcome {
  return input.target === "server" || input.target === "client" ? runSession(input) : runPart(input);
}
