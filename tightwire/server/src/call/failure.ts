import { type ErrorDefinition, Metadata, type MethodDefinition, RpcError } from "@tightwire/core";
import {
  DETAILS_KEY,
  declarationOf,
  encodeStatusDetails,
  type FinalStatus,
  type Random,
  type Status,
  StatusNumber,
  statusNumber,
} from "@tightwire/core/runtime";

/** What a call finishes with when its handler throws. */
export interface Failure {
  readonly status: FinalStatus;
  /**
   * Set when the caller gets a fixed message and an id. The log gets the id and the error itself.
   */
  readonly unexpected: { readonly errorId: string; readonly error: unknown } | undefined;
}

/** The call whose handler threw, as far as it decides the status. */
export interface FailedCall {
  readonly method: MethodDefinition;
  readonly timeLeftMs: number;
  readonly cancelledBy: Status | undefined;
}

/**
 * A child's inherited deadline is up to this much earlier than its parent's: the hop reserve and a
 * tick of the timer wheel.
 */
const DEADLINE_SLACK_MS = 30;
/**
 * Tells clients not to retry, because the fault is behind this server. Source: gRPC proposal A6,
 * server pushback.
 */
const PUSHBACK_KEY = "grpc-retry-pushback-ms";

/**
 * The status for what a handler threw. An RpcError that the handler made is sent as it is, unless
 * it is a declared one that the method does not list. An
 * RpcError of an outgoing call is translated, because the caller knows nothing of that call.
 * Anything else becomes INTERNAL with a fixed message and an id. Never throws: an RpcError that
 * cannot be sent (its fields were changed, or another copy of this package made it) is unexpected.
 */
export function failureOf(thrown: unknown, call: FailedCall, random: Random): Failure {
  try {
    return translate(thrown, call, random);
  } catch (fault) {
    const error = new Error(`cannot send the error that the handler threw: ${textOf(fault)}`, {
      cause: thrown,
    });
    return internal(error, random);
  }
}

function translate(thrown: unknown, call: FailedCall, random: Random): Failure {
  if (!(thrown instanceof RpcError)) return internal(thrown, random);
  const error = thrown as RpcError;
  const declared = declarationOf(error);
  if (declared !== undefined && !declares(call.method, declared))
    return internal(undeclared(call.method, declared, error), random);
  if (error.call === undefined || error.forwarded)
    return { status: finalStatusOf(error), unexpected: undefined };
  if (call.cancelledBy !== undefined)
    return failure(call.cancelledBy.code, call.cancelledBy.message);
  if (error.code === "deadline_exceeded" && call.timeLeftMs < DEADLINE_SLACK_MS) {
    return failure(
      StatusNumber.DEADLINE_EXCEEDED,
      "the deadline passed while this service waited for another service",
    );
  }
  if (error.code === "unavailable" || error.code === "resource_exhausted") {
    const trailers = new Metadata();
    trailers.appendReceived(PUSHBACK_KEY, "-1");
    return failure(
      StatusNumber.UNAVAILABLE,
      "a service that this service depends on is unavailable",
      trailers,
    );
  }
  return internal(error, random);
}

function declares({ errors = {} }: MethodDefinition, { reason, domain }: ErrorDefinition): boolean {
  return Object.values(errors).some((one) => one.reason === reason && one.domain === domain);
}

function undeclared(
  { path }: MethodDefinition,
  { reason, domain }: ErrorDefinition,
  cause: RpcError,
): Error {
  return new Error(
    `the handler of ${path} threw ${reason} (${domain}), which it does not declare`,
    {
      cause,
    },
  );
}

/**
 * The status that an RpcError describes, with its details and metadata as trailers. Throws when its
 * fields are not valid.
 */
function finalStatusOf({ code, message, metadata, details }: RpcError): FinalStatus {
  const number = statusNumber(code);
  if (number === StatusNumber.OK) throw new TypeError('its code is "ok"');
  if (typeof message !== "string") throw new TypeError("its message is not a string");
  const trailers = new Metadata(metadata);
  trailers.delete(DETAILS_KEY);
  if (details.length > 0)
    trailers.appendReceived(DETAILS_KEY, encodeStatusDetails(number, message, details));
  return { code: number, message, trailers };
}

function failure(code: number, message: string, trailers?: Metadata): Failure {
  return { status: { code, message, trailers }, unexpected: undefined };
}

/** What was caught may be anything, a proxy that throws too. */
function textOf(fault: unknown): string {
  return RpcError.from(fault).message;
}

function internal(error: unknown, random: Random): Failure {
  const errorId = random.hex(6);
  return {
    status: {
      code: StatusNumber.INTERNAL,
      message: `internal error (id ${errorId})`,
      trailers: undefined,
    },
    unexpected: { errorId, error },
  };
}
