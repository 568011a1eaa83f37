import assert from "node:assert/strict";
import { type Payload, PayloadType } from "./gen/grpc/testing/messages.js";

/** A payload of so many zeros. */
export function zeros(bytes: number): Payload {
  return { type: PayloadType.COMPRESSABLE, body: new Uint8Array(bytes) };
}

/** Throws an AssertionError when a response's payload is anything else than so many zeros. */
export function assertZeros(
  response: { readonly payload: Payload | undefined },
  bytes: number,
): void {
  assert.equal(
    response.payload?.type,
    PayloadType.COMPRESSABLE,
    "the type of the response's payload",
  );
  assert.equal(response.payload?.body.length, bytes, "bytes of the response's payload");
  assert.ok(
    response.payload?.body.every((byte) => byte === 0),
    "the response's payload is not all zeros",
  );
}
