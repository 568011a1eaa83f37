import type { Clock } from "./clock.js";
import type { Status } from "./status.js";
import { StatusNumber } from "./status.js";

/**
 * The moment by which a call must finish: milliseconds on a {@link Clock}, which is
 * monotonic, or `Infinity`. Being monotonic it survives changes of the wall clock;
 * between processes only the time that is left travels (`grpc-timeout`).
 */
export type Deadline = number;

/** The deadline that lies `ms` from now. `Infinity` stays `Infinity`. */
export function deadlineAfter(ms: number, clock: Clock): Deadline {
  return clock.now() + ms;
}

/** Milliseconds until `deadline`: negative when it has passed, `Infinity` when there is none. */
export function timeLeftMs(deadline: Deadline, clock: Clock): number {
  return deadline - clock.now();
}

/** The reserve a hop keeps of an inherited deadline: 5 % of what is left, 20 ms at most. */
export function hopReserveMs(leftMs: number): number {
  return leftMs === Number.POSITIVE_INFINITY ? 0 : Math.min(leftMs * 0.05, 20);
}

const UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ["n", 1e-6],
  ["u", 1e-3],
  ["m", 1],
  ["S", 1e3],
  ["M", 6e4],
  ["H", 3.6e6],
];

const MS_BY_UNIT: ReadonlyMap<string, number> = new Map(UNITS);
const MAX_DIGITS = 8;
const DIGIT_0 = 48;
/** How much of a header that a caller sent is repeated to it and to the log. */
const MAX_REPEATED = 40;

/**
 * The `grpc-timeout` header for so many milliseconds: at most eight digits, in the finest unit that
 * holds it, rounded up; never less than `1n`. Source: the gRPC over HTTP/2 protocol document,
 * "Timeout".
 */
export function formatTimeout(leftMs: number): string {
  for (const [unit, ms] of UNITS) {
    const count = Math.max(Math.ceil(leftMs / ms), 1);
    if (count <= 99_999_999) return `${count}${unit}`;
  }
  return "99999999H";
}

/**
 * Milliseconds that a `grpc-timeout` header means, or undefined when it is malformed (one to eight
 * digits and one of n u m S M H).
 */
export function parseTimeout(header: string): number | undefined {
  const digits = header.length - 1;
  const ms = MS_BY_UNIT.get(header.charAt(digits));
  if (ms === undefined || digits < 1 || digits > MAX_DIGITS) return undefined;
  let count = 0;
  for (let at = 0; at < digits; at++) {
    const digit = header.charCodeAt(at) - DIGIT_0;
    if (digit < 0 || digit > 9) return undefined;
    count = count * 10 + digit;
  }
  return count * ms;
}

/**
 * The status of a call whose `grpc-timeout` {@link parseTimeout} does not understand. Server side,
 * in transports.
 */
export function malformedTimeout(header: string): Status {
  return {
    code: StatusNumber.INTERNAL,
    message: `grpc-timeout is malformed: ${JSON.stringify(header.slice(0, MAX_REPEATED))}`,
  };
}
