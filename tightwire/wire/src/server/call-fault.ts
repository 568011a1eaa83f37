import { malformedTimeout, type Status, StatusNumber } from "@tightwire/core/runtime";
import { isKnownEncoding } from "../grpc/compression.js";
import type { RequestHead } from "../grpc/request-head.js";
import { isGrpc } from "../grpc/response-head.js";
import { type Account, TOO_MUCH_HELD } from "../session/account.js";
import type { Limits } from "../session/limits.js";

/** What a call is counted in. */
interface CountingSession {
  readonly account: Pick<Account, "openCall" | "acted">;
  readonly limits: Pick<Limits, "maxHeaderListBytes">;
}

/**
 * Counts a call and its head. Gives what is wrong with it, or that it is too much; undefined when
 * nothing is.
 */
export function faultOf(
  head: RequestHead,
  call: { headerBytes: number | undefined },
  { account, limits }: CountingSession,
): Status | undefined {
  if (head.fields.limit !== undefined) {
    account.acted(head.fields.limit, "a call failed");
    const message = `the metadata of the call is larger than ${limits.maxHeaderListBytes} bytes, the limit`;
    return { code: StatusNumber.RESOURCE_EXHAUSTED, message };
  }
  if (!account.openCall(head.fields.heldBytes)) return TOO_MUCH_HELD;
  call.headerBytes = head.fields.heldBytes;
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

/** Whether a head is none of a request, or promises bytes behind its end. */
export function isMalformed(head: RequestHead, endStream: boolean): boolean {
  const promisesMore = endStream && (head.fields.contentLength ?? 0) > 0;
  return (head.headFault !== undefined || promisesMore) && !head.fields.tooLarge;
}
