import assert from "node:assert/strict";
import { type Payload, PayloadType } from "./gen/grpc/testing/messages.js";

/** A payload of so many zeros. */
export function zeros(bytes: number): Payload {
  return { type: PayloadType.COMPRESSABLE, body: new Uint8Array(bytes) };
}

/** Throws an AssertionError when an answer's payload is anything else than so many zeros. */
export function assertZeros(
  answer: { readonly payload: Payload | undefined },
  bytes: number,
): void {
  assert.equal(answer.payload?.type, PayloadType.COMPRESSABLE, "the type of the answer's payload");
  assert.equal(answer.payload?.body.length, bytes, "bytes of the answer's payload");
  assert.ok(
    answer.payload?.body.every((byte) => byte === 0),
    "the answer's payload is not all zeros",
  );
}
