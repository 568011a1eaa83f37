import type { CallOptions } from "@tightwire/core";
import type { TestClient } from "../gen/grpc/testing/test.service.js";
import { assertZeros, zeros } from "../payload.js";
import type { CaseContext } from "../test-case.js";

/** Bytes that the large cases send. */
export const LARGE_REQUEST = 271_828;
/** Bytes that the large cases ask for. */
export const LARGE_RESPONSE = 314_159;

/** A message of no bytes each way. */
export async function emptyUnary({ clients }: CaseContext): Promise<void> {
  await clients.test.emptyCall({});
}

/** Messages of several frames each way. */
export async function largeUnary({ clients }: CaseContext): Promise<void> {
  await callLarge(clients.test);
}

/** One large call, for the cases that make it in a way of their own. */
export async function callLarge(
  client: TestClient,
  options: CallOptions = {},
  requestBytes: number = LARGE_REQUEST,
  responseBytes: number = LARGE_RESPONSE,
): Promise<void> {
  const response = await client.unaryCall(
    { responseSize: responseBytes, payload: zeros(requestBytes) },
    options,
  );
  assertZeros(response, responseBytes);
}
