import { MisuseError } from "./misuse-error.js";

/** The longest wait that a timer of Node holds, 24.8 days; with a longer one it fires at once. */
const MAX_TIMER_MS = 2_147_483_647;
/** The largest number that HTTP/2 and gRPC have room for. */
const MAX_COUNT = 4_294_967_295;

/**
 * Throws a {@link MisuseError} that names the option when it is given and is no whole number from 1 to
 * 4,294,967,295: a number of bytes or streams.
 */
export function checkCount(option: string, value: number | undefined): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= MAX_COUNT)) return;
  throw new MisuseError(
    "TW_INVALID_OPTION",
    `${option} must be a whole number from 1 to ${MAX_COUNT} (got ${String(value)})`,
  );
}

/**
 * Throws a {@link MisuseError} that names the option when it is given and is no time above 0 in milliseconds;
 * `Infinity` is one.
 */
export function checkTime(option: string, ms: number | undefined): void {
  if (ms === undefined || (typeof ms === "number" && ms > 0)) return;
  throw new MisuseError(
    "TW_INVALID_OPTION",
    `${option} must be a positive number of milliseconds or Infinity (got ${String(ms)})`,
  );
}

/** As {@link checkTime}, for a wait that 0 leaves out. */
export function checkWait(option: string, ms: number | undefined): void {
  if (ms === undefined || (typeof ms === "number" && ms >= 0)) return;
  throw new MisuseError(
    "TW_INVALID_OPTION",
    `${option} must be a number of milliseconds from 0, or Infinity (got ${String(ms)})`,
  );
}

/**
 * A time as Node's timers take it: what is longer than they hold, `Infinity` too, is the longest
 * that they do.
 */
export function timerMs(ms: number): number {
  return Math.min(ms, MAX_TIMER_MS);
}
