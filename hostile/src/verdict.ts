import { totalmem } from "node:os";
import { getHeapStatistics } from "node:v8";
import type { HostileCase } from "./hostile-case.js";
import type { CaseResult } from "./result.js";

const MIB = 1024 * 1024;
/** A limit holds when what is held is within so much of it. */
const TOLERANCE = 1.1;
/**
 * What a process grows by under any load: code, pools, what its collector and allocator keep for
 * themselves. 5,000 honest requests of 60 kB leave 34 MiB with Tightwire, and 45 with grpc-js.
 */
const OWN_BYTES: number = 48 * MIB;
/** What may wait for a collector while an attack lasts. */
const GARBAGE_BYTES: number = 128 * MIB;
/**
 * What one process may hold for all of its connections: a quarter of the machine's memory, at most
 * half of V8's heap limit.
 */
const PROCESS_BYTES: number = Math.min(totalmem() / 4, getHeapStatistics().heap_size_limit / 2);
/** Longer waits of a neighbour are bad. */
const LONGEST_WAIT_MS = 50;
/** A neighbour that waits longer before the attack is on a machine that does something else. */
const BUSY_MS = 25;
/** Sockets that are on their way to be closed. */
const SPARE_DESCRIPTORS = 10;

/** What a subject may hold in a case, in bytes: the limit, a tenth of it, and what is its own. */
export function allowedBytes({ heldBytes }: HostileCase, attackers: number): number {
  return Math.min(heldBytes * attackers, PROCESS_BYTES) * TOLERANCE + OWN_BYTES;
}

/** Something that is bad of a result: a letter for tables, and a sentence. */
export interface Fault {
  /** One of those that {@link MARKS} explains. */
  readonly mark: keyof typeof MARKS;
  readonly text: string;
}

/** The letters of faults. */
export const MARKS = {
  M: "memory held",
  P: "peak of memory",
  W: "neighbour's wait",
  F: "neighbour's calls fail",
  D: "descriptors held",
  S: "wrong status, or an error that is not seen",
  C: "crash",
} as const;

/** What is bad of a result by its counts and bytes. */
export function judgeCounts(hostile: HostileCase, result: CaseResult): Fault[] {
  const allowed = allowedBytes(hostile, result.attackers);
  const most = allowed + GARBAGE_BYTES;
  const bad: Fault[] = [];
  if (result.crash !== undefined)
    bad.push({ mark: "C", text: `ended: ${result.crash.split("\n")[0]}` });
  else {
    if (result.heldBytes > allowed)
      bad.push({ mark: "M", text: `holds over ${mebibytes(allowed)} MiB` });
    if (result.peakBytes > most) bad.push({ mark: "P", text: `peak over ${mebibytes(most)} MiB` });
    if (result.descriptors > SPARE_DESCRIPTORS) bad.push({ mark: "D", text: "holds descriptors" });
    if (result.descriptorsLeft > SPARE_DESCRIPTORS)
      bad.push({ mark: "D", text: "leaves descriptors" });
  }
  if (result.neighbour.failures > 0) bad.push({ mark: "F", text: "the neighbour's calls fail" });
  for (const text of result.attack.faults) bad.push({ mark: "S", text });
  return bad;
}

/** What is bad of a result, the neighbour's wait included. */
export function judge(hostile: HostileCase, result: CaseResult): Fault[] {
  const bad = judgeCounts(hostile, result);
  if (waitsLong(result) && !isBusy(result))
    bad.push({ mark: "W", text: `wait over ${LONGEST_WAIT_MS} ms` });
  return bad;
}

/** Whether a neighbour's call took too long. */
export function waitsLong({ neighbour }: CaseResult): boolean {
  return neighbour.longestMs > LONGEST_WAIT_MS;
}

/** Of an odd number of results that whose neighbour waited for a median time. */
export function medianWait(results: readonly CaseResult[]): CaseResult {
  const sorted = [...results].sort((a, b) => a.neighbour.longestMs - b.neighbour.longestMs);
  return sorted[(sorted.length - 1) / 2] as CaseResult;
}

/** Whether the neighbour waited before the attack already, so that its waits tell nothing. */
export function isBusy({ quiet }: CaseResult): boolean {
  return quiet.longestMs > BUSY_MS;
}

/** Whole MiB. */
export function mebibytes(bytes: number): number {
  return Math.round(bytes / MIB);
}
