import { Metadata as GrpcMetadata } from "@grpc/grpc-js";
import { Metadata } from "@tightwire/core";

/** Header fields that belong to the protocol and are nobody's metadata. */
const PROTOCOL: ReadonlySet<string> = new Set([
  "content-type",
  "date",
  "te",
  "grpc-encoding",
  "grpc-accept-encoding",
  "accept-encoding",
]);

/** Our metadata as grpc-js takes it. */
export function toGrpcMetadata(metadata: Metadata): GrpcMetadata {
  const result = new GrpcMetadata();
  for (const [key, value] of metadata)
    result.add(key, typeof value === "string" ? value : asBuffer(value));
  return result;
}

/**
 * What grpc-js received, as our metadata. It hands repeated text values out joined by ", ", as
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

export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
