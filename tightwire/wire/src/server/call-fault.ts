import { malformedTimeout, type Status, StatusNumber } from "@tightwire/core/runtime";
import { isKnownEncoding } from "../grpc/compression.js";
import type { RequestHead } from "../grpc/request-head.js";

/** What is wrong with the head of a call; undefined when nothing is. */
export function faultOf(head: RequestHead, maxHeaderListBytes: number): Status | undefined {
  if (head.fields.tooLarge) {
    const message = `the metadata of the call is larger than ${maxHeaderListBytes} bytes, the limit`;
    return { code: StatusNumber.RESOURCE_EXHAUSTED, message };
  }
  if (head.timeoutMs === undefined) return malformedTimeout(head.timeout);
  if (isKnownEncoding(head.encoding)) return undefined;
  const encoding = JSON.stringify(head.encoding?.slice(0, 50));
  const message = `grpc-encoding ${encoding} is not supported; supported: identity, gzip`;
  return { code: StatusNumber.UNIMPLEMENTED, message };
}
