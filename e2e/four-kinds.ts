import type { CallOptions, ServerCall } from "@tightwire/core";
import {
  type TestClient,
  type TestHandlers,
  type TestMessage,
  testMessage,
} from "@tightwire/transport-contract";
import { readAll } from "./pitfalls-stage.js";

/** A method of each kind of call. */
export const KINDS = ["unary", "serverStream", "clientStream", "bidiStream"] as const;

/** The name of a method, one a kind of call. */
export type Kind = (typeof KINDS)[number];

/**
 * Handlers of all four kinds that read every request and respond with the one message that `body`
 * makes of the first.
 */
export function responding(
  body: (request: TestMessage, call: ServerCall) => TestMessage | Promise<TestMessage>,
): Partial<TestHandlers> {
  const first = async (requests: AsyncIterable<TestMessage>): Promise<TestMessage> =>
    (await readAll(requests))[0] ?? testMessage();
  return {
    unary: async (request, call) => await body(request, call),
    async *serverStream(request, call) {
      yield await body(request, call);
    },
    clientStream: async (requests, call) => await body(await first(requests), call),
    async *bidiStream(requests, call) {
      yield await body(await first(requests), call);
    },
  };
}

/** Makes one call of a kind with one request and reads all of its responses. */
export async function callOnce(
  client: TestClient,
  kind: Kind,
  options: CallOptions = {},
  request: Partial<TestMessage> = {},
): Promise<TestMessage[]> {
  const message = testMessage(request);
  if (kind === "unary") return [await client.unary(message, options)];
  if (kind === "clientStream") return [await client.clientStream([message], options)];
  return await readAll(
    kind === "serverStream"
      ? client.serverStream(message, options)
      : client.bidiStream([message], options),
  );
}
