import assert from "node:assert/strict";
import { once } from "node:events";
import { assertFails } from "../failure.js";
import { assertZeros, zeros } from "../payload.js";
import type { CaseContext } from "../test-case.js";

/** Cancelled when the head of the request is on its way, and no message. */
export async function cancelAfterBegin({ clients }: CaseContext): Promise<void> {
  const controller = new AbortController();
  // The first request is asked for once the call has begun.
  async function* requests(): AsyncGenerator<object> {
    setImmediate(() => controller.abort());
    yield* await untilAborted(controller.signal);
  }
  await assertFails(
    clients.test.streamingInputCall(requests(), { signal: controller.signal }),
    "cancelled",
  );
}

/** Cancelled when a message has come, and more could. */
export async function cancelAfterFirstResponse({ clients }: CaseContext): Promise<void> {
  const controller = new AbortController();
  async function* requests(): AsyncGenerator<object> {
    yield { responseParameters: [{ size: 31_415 }], payload: zeros(27_182) };
    yield* await untilAborted(controller.signal);
  }
  const responses = clients.test
    .fullDuplexCall(requests(), { signal: controller.signal })
    [Symbol.asyncIterator]();
  const first = await responses.next();
  assertZeros(first.value ?? assert.fail("the stream ended without a response"), 31_415);
  controller.abort();
  await assertFails(responses.next(), "cancelled");
}

/** A deadline of a millisecond, and a server that waits for a second request. */
export async function timeoutOnSleepingServer({ clients }: CaseContext): Promise<void> {
  // Else the deadline would pass while connecting.
  await clients.test.emptyCall({});
  const controller = new AbortController();
  async function* requests(): AsyncGenerator<object> {
    yield { payload: zeros(27_182) };
    yield* await untilAborted(controller.signal);
  }
  await assertFails(clients.test.fullDuplexCall(requests(), { timeoutMs: 1 }), "deadline_exceeded");
  controller.abort();
}

async function untilAborted(signal: AbortSignal): Promise<[]> {
  if (!signal.aborted) await once(signal, "abort");
  return [];
}
