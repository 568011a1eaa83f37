import { type Fault, formatFault } from "@tightwire/contract";

/** Thrown when a contract has faults. Its message has one line for each. */
export class GenerationError extends Error {
  override readonly name = "GenerationError";
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(faults.map(formatFault).join("\n"));
    this.faults = faults;
  }
}
