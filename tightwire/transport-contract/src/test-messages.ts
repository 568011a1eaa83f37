import type { UnaryResponse } from "./gen/tightwire/testing/v1/test.js";

/** Any message of the test service: all of them have the same fields. */
export type TestMessage = UnaryResponse;

/** A whole test message out of part of one. */
export function testMessage(partial: Partial<TestMessage> = {}): TestMessage {
  return { payload: new Uint8Array(), text: "", number: 0n, labels: {}, secret: "", ...partial };
}
