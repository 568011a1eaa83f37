import { type Metadata, RpcError, type ServerCall } from "@tightwire/core";
import type { ServerTransport } from "@tightwire/core/runtime";
import { tapRequests } from "@tightwire/testing";
import type { BoolValue } from "./gen/grpc/testing/messages.js";

/** How the requests of a call came, in order. The metadata of a call is the same object above. */
const cameCompressed = new WeakMap<Metadata, boolean[]>();

/** The same transport, which notes how requests come for {@link createCompressionCheck}. */
export function noteRequestCompression(transport: ServerTransport): ServerTransport {
  return tapRequests(transport, ({ metadata }, compressed) => {
    const came = cameCompressed.get(metadata);
    if (came === undefined) cameCompressed.set(metadata, [compressed]);
    else came.push(compressed);
  });
}

/**
 * Makes a check for the requests of one call, in order: it throws INVALID_ARGUMENT when a request
 * says how it comes and came otherwise.
 */
export function createCompressionCheck(
  call: ServerCall,
): (expected: BoolValue | undefined) => void {
  let next = 0;
  return (expected) => {
    const compressed = cameCompressed.get(call.metadata)?.[next++];
    if (expected === undefined || expected.value === compressed) return;
    throw new RpcError(
      "invalid_argument",
      `the request must come ${expected.value ? "compressed" : "uncompressed"}, and did not`,
    );
  };
}
