import { MisuseError } from "./misuse-error.js";

/** The longest wait of a timer of Node, 24.8 days; with a longer one it fires at once. */
const MAX_TIMER_MS = 2_147_483_647;
/** The largest number that fits HTTP/2 and gRPC. */
const MAX_COUNT = 4_294_967_295;

/**
 * Checks a number of bytes or streams. Throws a {@link MisuseError} that names the option if it is
 * given and not a whole number from 1 to 4,294,967,295.
 */
export function checkCount(option: string, value: number | undefined): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= MAX_COUNT)) return;
  throw new MisuseError(
    "TW_INVALID_OPTION",
    `${option} must be a whole number from 1 to ${MAX_COUNT} (got ${String(value)})`,
  );
}

/**
 * Checks a time. Throws a {@link MisuseError} that names the option if it is given and not a
 * positive number of milliseconds or `Infinity`.
 */
export function checkTime(option: string, ms: number | undefined): void {
  if (ms === undefined || (typeof ms === "number" && ms > 0)) return;
  throw new MisuseError(
    "TW_INVALID_OPTION",
    `${option} must be a positive number of milliseconds or Infinity (got ${String(ms)})`,
  );
}

/** As {@link checkTime}, for a wait that may be 0. */
export function checkWait(option: string, ms: number | undefined): void {
  if (ms === undefined || (typeof ms === "number" && ms >= 0)) return;
  throw new MisuseError(
    "TW_INVALID_OPTION",
    `${option} must be a number of milliseconds from 0, or Infinity (got ${String(ms)})`,
  );
}

/**
 * A time for a timer of a {@link Clock}: longer times, `Infinity` too, become the longest that
 * Node's timers allow.
 */
export function timerMs(ms: number): number {
  return Math.min(ms, MAX_TIMER_MS);
}
