import assert from "node:assert/strict";
import { assertZeros, zeros } from "../payload.js";
import type { CaseContext } from "../test-case.js";

const REQUEST_SIZES: readonly number[] = [27_182, 8, 1_828, 45_904];
const RESPONSE_SIZES: readonly number[] = [31_415, 9, 2_653, 58_979];

/** A stream of requests, one response. */
export async function clientStreaming({ clients }: CaseContext): Promise<void> {
  const requests = REQUEST_SIZES.map((size) => ({ payload: zeros(size) }));
  const { aggregatedPayloadSize } = await clients.test.streamingInputCall(requests);
  assert.equal(aggregatedPayloadSize, 74_922, "bytes that the server read");
}

/** One request, a stream of responses. */
export async function serverStreaming({ clients }: CaseContext): Promise<void> {
  let count = 0;
  for await (const response of clients.test.streamingOutputCall({
    responseParameters: RESPONSE_SIZES.map((size) => ({ size })),
  })) {
    assertZeros(
      response,
      RESPONSE_SIZES[count++] ?? assert.fail("more responses came than were asked for"),
    );
  }
  assert.equal(count, RESPONSE_SIZES.length, "responses that came");
}

/** Each request waits for the response to the one before. */
export async function pingPong({ clients }: CaseContext): Promise<void> {
  let responded = (): void => {};
  async function* requests(): AsyncGenerator<object> {
    for (const [index, size] of RESPONSE_SIZES.entries()) {
      const response = new Promise<void>((resolve) => {
        responded = resolve;
      });
      yield { responseParameters: [{ size }], payload: zeros(REQUEST_SIZES[index] as number) };
      await response;
    }
  }
  let count = 0;
  for await (const response of clients.test.fullDuplexCall(requests())) {
    assertZeros(
      response,
      RESPONSE_SIZES[count++] ?? assert.fail("more responses came than were asked for"),
    );
    responded();
  }
  assert.equal(count, RESPONSE_SIZES.length, "responses that came");
}

/** Streams of no messages. */
export async function emptyStream({ clients }: CaseContext): Promise<void> {
  for await (const _response of clients.test.fullDuplexCall([]))
    assert.fail("a response came to no request");
}
