import { type Completion, RESPONDED_OK, StatusNumber } from "@tightwire/core/runtime";
import { decodeGrpcMessage } from "../grpc/grpc-message.js";
import { readMetadata } from "../grpc/metadata-fields.js";
import type { ResponseHead } from "../grpc/response-head.js";

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
    return RESPONDED_OK;
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
