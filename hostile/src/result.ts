import type { AttackReport } from "./attack-report.js";
import type { NeighbourReport } from "./neighbour.js";

/** What was measured of a case against a subject. */
export interface CaseResult {
  readonly subject: string;
  readonly case: string;
  /** How many attacked at once. */
  readonly attackers: number;
  /** How the subject ended, if it did: nobody asked it to. */
  readonly crash: string | undefined;
  /** Resident at the end of the attack, after a collection, beyond what was at first, in bytes. */
  readonly heldBytes: number;
  /** The most that was resident during the attack beyond what was at first, in bytes. */
  readonly peakBytes: number;
  /** Descriptors at the end of the attack, beyond those at first and those of the attackers. */
  readonly descriptors: number;
  /** Descriptors that are left when the attackers are gone, beyond those at first. */
  readonly descriptorsLeft: number;
  /** Processor time that the attack took. */
  readonly cpuSeconds: number;
  /** The neighbour before the attack. */
  readonly quiet: NeighbourReport;
  /** The neighbour during the attack. */
  readonly neighbour: NeighbourReport;
  readonly attack: AttackReport;
}
