import { Metadata as GrpcMetadata } from "@grpc/grpc-js";
import { Metadata } from "@tightwire/core";

/** Header fields of the protocol, which are not metadata. */
const PROTOCOL: ReadonlySet<string> = new Set([
  "content-type",
  "date",
  "te",
  "grpc-encoding",
  "grpc-accept-encoding",
  "accept-encoding",
]);

/** Converts our metadata to that of grpc-js. */
export function toGrpcMetadata(metadata: Metadata): GrpcMetadata {
  const result = new GrpcMetadata();
  for (const [key, value] of metadata)
    result.add(key, typeof value === "string" ? value : asBuffer(value));
  return result;
}

/**
 * Converts metadata that grpc-js received to ours. grpc-js joins repeated text values by ", ", as
 * Node's http2 does.
 */
export function fromGrpcMetadata(received: GrpcMetadata): Metadata {
  const result = new Metadata();
  for (const key of Object.keys(received.getMap())) {
    if (PROTOCOL.has(key)) continue;
    for (const value of received.get(key)) result.appendReceived(key, value);
  }
  return result;
}

/** The same bytes as a Buffer, which grpc-js wants, without a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
