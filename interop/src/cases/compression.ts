import assert from "node:assert/strict";
import { assertFails } from "../failure.js";
import type { BoolValue, Payload } from "../gen/grpc/testing/messages.js";
import { assertZeros, zeros } from "../payload.js";
import type { CaseContext } from "../test-case.js";
import { LARGE_REQUEST, LARGE_RESPONSE } from "./unary.js";

/** A request that says how it comes. */
interface Expecting {
  readonly expectCompressed: BoolValue;
  readonly payload: Payload;
}

/** Requests compressed and not, after a probe that the peer looks. */
export async function clientCompressedUnary(context: CaseContext): Promise<void> {
  const { test } = context.clients;
  await assertFails(test.unaryCall(largeRequest(true), { compress: false }), "invalid_argument");
  await clientCompressedUnaryNoProbe(context);
}

/** The same for peers that cannot look. */
export async function clientCompressedUnaryNoProbe({ clients }: CaseContext): Promise<void> {
  for (const compress of [true, false]) {
    assertZeros(await clients.test.unaryCall(largeRequest(compress), { compress }), LARGE_RESPONSE);
  }
}

/** A response compressed, and one not. */
export async function serverCompressedUnary({ clients }: CaseContext): Promise<void> {
  for (const value of [true, false]) {
    const request = {
      responseCompressed: { value },
      responseSize: LARGE_RESPONSE,
      payload: zeros(LARGE_REQUEST),
    };
    const response = await clients.test.unaryCall(request);
    assertZeros(response, LARGE_RESPONSE);
    assert.equal(clients.cameCompressed.at(-1), value, "whether the response came compressed");
  }
}

/** A stream with one message compressed and one not, after a probe that the peer looks. */
export async function clientCompressedStreaming(context: CaseContext): Promise<void> {
  const probe = context.clients.test.streamingInputCall([expecting(true, 27_182)], {
    compress: false,
  });
  await assertFails(probe, "invalid_argument");
  await clientCompressedStreamingNoProbe(context);
}

/** The same for peers that cannot look. */
export async function clientCompressedStreamingNoProbe({ clients }: CaseContext): Promise<void> {
  const requests = [expecting(true, 27_182), expecting(false, 45_904)];
  const compress = (request: Expecting): boolean => request.expectCompressed.value;
  const { aggregatedPayloadSize } = await clients.test.streamingInputCall(requests, { compress });
  assert.equal(aggregatedPayloadSize, 73_086, "bytes that the server read");
}

/** A stream of a response compressed and one not. */
export async function serverCompressedStreaming({ clients }: CaseContext): Promise<void> {
  const wanted = [
    { compressed: { value: true }, size: 31_415 },
    { compressed: { value: false }, size: 92_653 },
  ];
  const before = clients.cameCompressed.length;
  let count = 0;
  for await (const response of clients.test.streamingOutputCall({ responseParameters: wanted })) {
    const { size, compressed } =
      wanted[count++] ?? assert.fail("more responses came than were asked for");
    assertZeros(response, size);
    assert.equal(
      clients.cameCompressed[before + count - 1],
      compressed.value,
      `whether response ${count} came compressed`,
    );
  }
  assert.equal(count, wanted.length, "responses that came");
}

function expecting(value: boolean, bytes: number): Expecting {
  return { expectCompressed: { value }, payload: zeros(bytes) };
}

function largeRequest(compressed: boolean): Expecting & { readonly responseSize: number } {
  return { ...expecting(compressed, LARGE_REQUEST), responseSize: LARGE_RESPONSE };
}
