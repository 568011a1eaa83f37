import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/**
 * Who holds a folder: enough for another process to find out later whether the holder still runs.
 */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /**
   * When the process started: its start tick and the boot that the tick counts from. It
   * distinguishes the process from a later one with the same pid. Absent without /proc.
   */
  readonly started?: string;
  /** Distinguishes two locks of one process. */
  readonly nonce: string;
}

/** This process as a holder. */
export function describeSelf(nonce: string): LockHolder {
  const started = processStart(process.pid);
  return {
    pid: process.pid,
    host: hostname(),
    ...(started === undefined ? {} : { started }),
    nonce,
  };
}

/** Reads a lock file's text. Undefined when it is not one that {@link describeSelf} wrote. */
export function parseHolder(text: string): LockHolder | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isHolder(value) ? value : undefined;
}

function isHolder(value: unknown): value is LockHolder {
  if (typeof value !== "object" || value === null) return false;
  const { pid, host, nonce } = value as Partial<Record<keyof LockHolder, unknown>>;
  return (
    Number.isInteger(pid) &&
    (pid as number) > 0 &&
    typeof host === "string" &&
    typeof nonce === "string"
  );
}

/** Whether the holder may still run. One on another host always may: it cannot be checked here. */
export function mayBeAlive(holder: LockHolder): boolean {
  if (holder.host !== hostname()) return true;
  if (!isRunning(holder.pid)) return false;
  const started = processStart(holder.pid);
  return holder.started === undefined || started === undefined || holder.started === started;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs and belongs to another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  return statFields(pid)?.[0] !== "Z";
}

function processStart(pid: number): string | undefined {
  const tick = statFields(pid)?.[19];
  return tick === undefined ? undefined : `${tick}@${bootId()}`;
}

/**
 * The fields of /proc/<pid>/stat from the third (state) on: the second, the program's name, may
 * hold spaces and parentheses.
 */
function statFields(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
  } catch {
    return "";
  }
}
