import type { experimental } from "@grpc/grpc-js";

/** grpc-js's call on its HTTP/2 stream, below its retries and its balancer. */
interface InnerCall {
  readonly child?: {
    readonly underlyingCalls?: readonly {
      readonly call: {
        readonly child?: { readonly decoder?: { readonly readState: number } } | null;
      };
    }[];
  } | null;
}

/** grpc-js's `ReadState.NO_DATA`: between two messages. */
const BETWEEN_MESSAGES = 0;

/**
 * Whether the received data ends inside a message. grpc-js drops that part and reports the status
 * that follows, so that half a response would look whole. This reaches into grpc-js; a test with a
 * peer that stops short fails when a version keeps its decoder elsewhere.
 */
export function isCutShort(call: experimental.CallStream): boolean {
  const attempt = (call as InnerCall).child?.underlyingCalls?.at(-1);
  return (attempt?.call.child?.decoder?.readState ?? BETWEEN_MESSAGES) !== BETWEEN_MESSAGES;
}
