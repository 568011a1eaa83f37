import { RpcError, type ServerCall } from "@tightwire/core";
import { StatusNumber, statusName } from "@tightwire/core/runtime";
import type { EchoStatus } from "./gen/grpc/testing/messages.js";

/** The key whose value comes back in the head of the response. */
export const ECHO_INITIAL_KEY = "x-grpc-test-echo-initial";
/** The key whose value comes back at the end of the response. */
export const ECHO_TRAILING_KEY = "x-grpc-test-echo-trailing-bin";

/** Sends back what the caller sent to have it back. */
export function echoMetadata(call: ServerCall): void {
  const initial = call.metadata.get(ECHO_INITIAL_KEY);
  if (initial !== undefined) call.headers.set(ECHO_INITIAL_KEY, initial);
  const trailing = call.metadata.getBinary(ECHO_TRAILING_KEY);
  if (trailing !== undefined) call.trailers.set(ECHO_TRAILING_KEY, trailing);
}

/** Throws the status that a request asks for. */
export function echoStatus(status: EchoStatus | undefined): void {
  if (status !== undefined && status.code !== StatusNumber.OK)
    throw new RpcError(statusName(status.code), status.message);
}
