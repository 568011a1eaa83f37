import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { type CallOptions, Metadata } from "@tightwire/core";
import { isBinaryKey, parseTimeout } from "@tightwire/core/runtime";
import { HttpError } from "./http-error.js";

/** What the gateway forwards of a request to the service. */
export interface Forwarding {
  /** Headers that become metadata, in lower case. */
  readonly forwardHeaders: readonly string[];
}

/** The default of `forwardHeaders`: the caller's credentials, and what the call belongs to. */
export const DEFAULT_FORWARD_HEADERS: readonly string[] = [
  "authorization",
  "traceparent",
  "tracestate",
  "x-request-id",
];

const CONNECT_TIMEOUT = /^\d{1,10}$/;

/**
 * Reads the options of a call from the headers of a request: the timeout from `grpc-timeout` (in
 * gRPC's form, `500m`) or `connect-timeout-ms`, metadata from the forwarded headers. Throws a 400
 * for an invalid header.
 */
export function callOptionsOf(
  { headers }: IncomingMessage,
  { forwardHeaders }: Forwarding,
): CallOptions {
  const timeoutMs = timeoutOf(headers);
  const metadata = metadataOf(headers, forwardHeaders);
  if (metadata === undefined)
    return timeoutMs === undefined ? DETACHED : { detached: true, timeoutMs };
  return timeoutMs === undefined
    ? { detached: true, metadata }
    : { detached: true, metadata, timeoutMs };
}

/** A gateway makes its calls outside of any other call. */
const DETACHED: CallOptions = { detached: true };

function timeoutOf(headers: IncomingHttpHeaders): number | undefined {
  const grpc = headers["grpc-timeout"];
  if (typeof grpc === "string")
    return (
      parseTimeout(grpc) ??
      refuse("grpc-timeout", grpc, "one to eight digits and a unit, like 500m or 2S")
    );
  const connect = headers["connect-timeout-ms"];
  if (typeof connect !== "string") return undefined;
  return CONNECT_TIMEOUT.test(connect)
    ? Number(connect)
    : refuse("connect-timeout-ms", connect, "one to ten digits");
}

function refuse(name: string, value: string, wanted: string): never {
  throw new HttpError(
    "invalid_argument",
    `header ${name} must be ${wanted} (got ${JSON.stringify(value.slice(0, 40))})`,
  );
}

function metadataOf(headers: IncomingHttpHeaders, names: readonly string[]): Metadata | undefined {
  let metadata: Metadata | undefined;
  for (const name of names) {
    const value = headers[name];
    if (value === undefined) continue;
    metadata ??= new Metadata();
    try {
      for (const one of Array.isArray(value) ? value : [value]) {
        metadata.append(name, isBinaryKey(name) ? Buffer.from(one, "base64") : one);
      }
    } catch (error) {
      throw new HttpError(
        "invalid_argument",
        `header ${name} cannot be forwarded: ${(error as Error).message}`,
      );
    }
  }
  return metadata;
}
