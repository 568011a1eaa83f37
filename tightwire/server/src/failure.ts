import { Metadata, RpcError } from "@tightwire/core";
import {
  DETAILS_KEY,
  encodeStatusDetails,
  type FinalStatus,
  type Random,
  type Status,
  StatusNumber,
  statusNumber,
} from "@tightwire/core/runtime";

/** How a call ends because of what its handler threw. */
export interface Failure {
  readonly status: FinalStatus;
  /** Set when the caller gets a fixed text and this id, while the log has the rest. */
  readonly errorId: string | undefined;
}

/** What of the call decides how an error is told. */
export interface FailedCall {
  readonly timeLeftMs: number;
  readonly cancelledBy: Status | undefined;
}

/**
 * A child's inherited deadline lies up to this much before its parent's: the hop reserve and a tick
 * of the timer wheel.
 */
const DEADLINE_SLACK_MS = 30;
/**
 * Tells clients not to try again: the fault lies behind this server. Source: gRPC proposal A6,
 * server pushback.
 */
const PUSHBACK_KEY = "grpc-retry-pushback-ms";

/**
 * The answer for what a handler threw. An RpcError of the handler's own goes out as it is. One that
 * came from an outgoing call is translated, since this service's caller asked this service, not
 * that one. Anything else is INTERNAL with a fixed text and an id.
 */
export function failureOf(thrown: unknown, call: FailedCall, random: Random): Failure {
  if (!(thrown instanceof RpcError)) return internal(random);
  const error = thrown as RpcError;
  if (error.call === undefined || error.forwarded)
    return { status: finalStatusOf(error), errorId: undefined };
  if (call.cancelledBy !== undefined) return plain(call.cancelledBy.code, call.cancelledBy.message);
  if (error.code === "deadline_exceeded" && call.timeLeftMs < DEADLINE_SLACK_MS) {
    return plain(
      StatusNumber.DEADLINE_EXCEEDED,
      "the deadline passed while this service waited for another",
    );
  }
  if (error.code === "unavailable" || error.code === "resource_exhausted") {
    const trailers = new Metadata();
    trailers.appendReceived(PUSHBACK_KEY, "-1");
    return plain(
      StatusNumber.UNAVAILABLE,
      "a service that this one needs is unavailable",
      trailers,
    );
  }
  return internal(random);
}

/** The answer that an RpcError describes, details and metadata as trailers. */
export function finalStatusOf(error: RpcError): FinalStatus {
  const code = statusNumber(error.code);
  const trailers = new Metadata(error.metadata);
  trailers.delete(DETAILS_KEY);
  if (error.details.length > 0)
    trailers.appendReceived(DETAILS_KEY, encodeStatusDetails(code, error.message, error.details));
  return { code, message: error.message, trailers };
}

function plain(code: number, text: string, trailers?: Metadata): Failure {
  return { status: { code, message: text, trailers }, errorId: undefined };
}

function internal(random: Random): Failure {
  const errorId = random.hex(6);
  return {
    status: {
      code: StatusNumber.INTERNAL,
      message: `internal error (id ${errorId})`,
      trailers: undefined,
    },
    errorId,
  };
}
