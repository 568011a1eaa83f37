import { Metadata as GrpcMetadata } from "@grpc/grpc-js";
import { Metadata } from "@tightwire/core";

/** Header fields that belong to the protocol and are not metadata. */
const PROTOCOL_FIELDS: ReadonlySet<string> = new Set([
  "content-type",
  "date",
  "te",
  "grpc-encoding",
  "grpc-accept-encoding",
  "accept-encoding",
]);

/** Converts our metadata to grpc-js's. */
export function toGrpcMetadata(metadata: Metadata): GrpcMetadata {
  const result = new GrpcMetadata();
  for (const [key, value] of metadata)
    result.add(key, typeof value === "string" ? value : asBuffer(value));
  return result;
}

/**
 * Converts what grpc-js received to our metadata. It joins repeated text values with ", ", as
 * Node's http2 does.
 */
export function fromGrpcMetadata(received: GrpcMetadata): Metadata {
  const result = new Metadata();
  for (const key of Object.keys(received.getMap())) {
    if (PROTOCOL_FIELDS.has(key)) continue;
    for (const value of received.get(key)) result.appendReceived(key, value);
  }
  return result;
}

/** The same bytes as a Buffer, without a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
