import { type CallOptions, Metadata } from "@grpc/grpc-js";
import type { NextHeaders } from "./headers.js";

/**
 * What each call carries: another Metadata a call where there are headers, else one and the same.
 */
export function metadataOf(nextHeaders: NextHeaders): () => Metadata {
  const none = new Metadata();
  if (nextHeaders === undefined) return () => none;
  return () => {
    const { traceparent, authorization } = nextHeaders();
    const metadata = new Metadata();
    metadata.set("traceparent", traceparent);
    metadata.set("authorization", authorization);
    return metadata;
  };
}

/** The options of a call that may take so long. */
export function within(timeoutMs: number): CallOptions {
  return { deadline: Date.now() + timeoutMs };
}
