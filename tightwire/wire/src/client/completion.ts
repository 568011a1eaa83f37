import type { Outcome } from "@tightwire/core";
import { type Completion, type Status, StatusNumber } from "@tightwire/core/runtime";
import { decodeGrpcMessage } from "../grpc/grpc-message.js";
import { readMetadata } from "../grpc/metadata-fields.js";
import type { ResponseHead } from "../grpc/response-head.js";

/** How a call finishes whose response is OK, with nothing more to say. */
export const OK: Completion = Object.freeze({
  code: StatusNumber.OK,
  message: "",
  headers: undefined,
  trailers: undefined,
  outcome: "responded",
  origin: "peer",
});

/** How a call finishes that this side finishes. */
export function localCompletion({ code, message }: Status, outcome: Outcome): Completion {
  return { code, message, headers: undefined, trailers: undefined, outcome, origin: "local" };
}

/** How a call finishes that the peer says it never looked at. */
export function unprocessedCompletion(message: string): Completion {
  return {
    code: StatusNumber.UNAVAILABLE,
    message,
    headers: undefined,
    trailers: undefined,
    outcome: "not-processed",
    origin: "peer",
  };
}

/** How a call finishes by the peer's trailers, or by a head that is its end. */
export function completionOf(head: ResponseHead): Completion {
  const { application } = head.fields;
  const trailers = application === undefined ? undefined : readMetadata(application);
  if (head.grpcStatus === "0" && trailers === undefined && head.grpcMessage === undefined)
    return OK;
  const message =
    head.grpcStatus === undefined
      ? "the response ended without a grpc-status"
      : decodeGrpcMessage(head.grpcMessage ?? "");
  return {
    code: statusNumberOf(head.grpcStatus),
    message,
    headers: undefined,
    trailers,
    outcome: "responded",
    origin: "peer",
  };
}

/** What is not one of the seventeen is UNKNOWN. */
function statusNumberOf(text: string | undefined): number {
  return text !== undefined && /^(?:\d|1[0-6])$/.test(text) ? Number(text) : StatusNumber.UNKNOWN;
}
