import { malformedTimeout, type Status, StatusNumber } from "@tightwire/core/runtime";
import { isKnownEncoding } from "../grpc/compression.js";
import type { RequestHead } from "../grpc/request-head.js";
import { isGrpc } from "../grpc/response-head.js";

/** What is wrong with the head of a call; undefined when nothing is. */
export function faultOf(head: RequestHead, maxHeaderListBytes: number): Status | undefined {
  if (head.fields.tooLarge) {
    const message = `the metadata of the call is larger than ${maxHeaderListBytes} bytes, the limit`;
    return { code: StatusNumber.RESOURCE_EXHAUSTED, message };
  }
  if (head.timeoutMs === undefined) return malformedTimeout(head.timeout);
  if (isKnownEncoding(head.encoding)) return undefined;
  const encoding = JSON.stringify(head.encoding?.slice(0, 50));
  const message = `grpc-encoding ${encoding} is not supported; supported: identity, gzip, deflate`;
  return { code: StatusNumber.UNIMPLEMENTED, message };
}

/** The HTTP status for a request that is not gRPC; undefined for one that is. */
export function httpStatusOf(head: RequestHead): "405" | "415" | undefined {
  if (head.fields.tooLarge) return undefined; // its fields are incomplete
  if (head.method !== "POST") return "405";
  return isGrpc(head.contentType) ? undefined : "415";
}
