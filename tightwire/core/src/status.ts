import { MisuseError } from "./misuse-error.js";

/**
 * The seventeen status codes of gRPC, by name, in the order of their numbers (0 to 16). Source: the
 * gRPC status code document.
 */
export const STATUS_CODES: readonly [
  "ok",
  "cancelled",
  "unknown",
  "invalid_argument",
  "deadline_exceeded",
  "not_found",
  "already_exists",
  "permission_denied",
  "resource_exhausted",
  "failed_precondition",
  "aborted",
  "out_of_range",
  "unimplemented",
  "internal",
  "unavailable",
  "data_loss",
  "unauthenticated",
] = [
  "ok",
  "cancelled",
  "unknown",
  "invalid_argument",
  "deadline_exceeded",
  "not_found",
  "already_exists",
  "permission_denied",
  "resource_exhausted",
  "failed_precondition",
  "aborted",
  "out_of_range",
  "unimplemented",
  "internal",
  "unavailable",
  "data_loss",
  "unauthenticated",
];

/** A status code by name: what users write and read. */
export type StatusCode = (typeof STATUS_CODES)[number];

/** The numbers that stand on the wire. Below the public API a status is a number. */
export const StatusNumber: {
  readonly OK: 0;
  readonly CANCELLED: 1;
  readonly UNKNOWN: 2;
  readonly INVALID_ARGUMENT: 3;
  readonly DEADLINE_EXCEEDED: 4;
  readonly NOT_FOUND: 5;
  readonly ALREADY_EXISTS: 6;
  readonly PERMISSION_DENIED: 7;
  readonly RESOURCE_EXHAUSTED: 8;
  readonly FAILED_PRECONDITION: 9;
  readonly ABORTED: 10;
  readonly OUT_OF_RANGE: 11;
  readonly UNIMPLEMENTED: 12;
  readonly INTERNAL: 13;
  readonly UNAVAILABLE: 14;
  readonly DATA_LOSS: 15;
  readonly UNAUTHENTICATED: 16;
} = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
};

const numbers: ReadonlyMap<string, number> = new Map(
  STATUS_CODES.map((name, number) => [name, number]),
);

/** The name of a status number. Anything outside 0 to 16, or not a whole number, is `unknown`. */
export function statusName(number: number): StatusCode {
  return STATUS_CODES[number] ?? "unknown";
}

/**
 * The number of a status name. Throws a {@link MisuseError} that names the value when it is not one
 * of the seventeen.
 */
export function statusNumber(code: StatusCode): number {
  const number = numbers.get(code);
  if (number === undefined)
    throw new MisuseError(
      "TW_INVALID_STATUS_CODE",
      `"${String(code)}" is not a status code; allowed: ${STATUS_CODES.join(", ")}`,
    );
  return number;
}

/** How a call or a connection ended, below the public API. */
export interface Status {
  /** A status number, 0 to 16. */
  readonly code: number;
  /** For a person. */
  readonly message: string;
}

/**
 * What became of a call: the peer never processed it, which allows sending it again whatever the
 * method; nobody knows; or the peer responded.
 */
export type Outcome = "not-processed" | "unknown" | "responded";
