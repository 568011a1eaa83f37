import { createFault, type Fault } from "../fault.js";
import type { Placed } from "../source-path.js";

/** The kinds of changes of options that break callers. A waiver names one of them. */
export type BreakingKind =
  | "ACCESS_NARROWED"
  | "DURATION_SHORTER"
  | "ERROR_CHANGED"
  | "ERROR_REMOVED"
  | "IDEMPOTENCY_LOOSENED"
  | "IDLE_TIMEOUT_SHORTER"
  | "REQUEST_SIZE_LOWERED"
  | "RULE_TIGHTENED"
  | "TIMEOUT_SHORTER";

/** A change that breaks callers of what was released, unless it is waived. */
export interface BreakingChange {
  readonly kind: BreakingKind;
  /** What changed: where a waiver is looked for. */
  readonly desc: Placed;
  readonly text: string;
}

/** A change as a fault: its kind, what changed, and how to let it pass. */
export function changeFault({ kind, desc, text }: BreakingChange): Fault {
  return createFault(
    desc,
    [],
    `${text} (${kind}); if that is meant, write \`// tightwire:breaking:ignore ${kind} <why>\` above it`,
  );
}
