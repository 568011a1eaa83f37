import { RpcError, type ServerCall } from "@tightwire/core";
import type { TestClient, TestHandlers } from "./gen/tightwire/testing/v1/test.service.js";
import { type TestMessage, testMessage } from "./test-messages.js";

/** A method of each kind of call. */
export const KINDS: readonly Kind[] = ["unary", "serverStream", "clientStream", "bidiStream"];

/** The name of a method, one a kind of call. */
export type Kind = "unary" | "serverStream" | "clientStream" | "bidiStream";

/** Handlers of which those that are not given respond with UNIMPLEMENTED. */
export function testHandlers(given: Partial<TestHandlers> = {}): TestHandlers {
  const missing = (): never => {
    throw new RpcError("unimplemented", "this test has no such handler");
  };
  return {
    unary: missing,
    unaryWithTimeout: missing,
    unaryReadOnly: missing,
    serverStream: missing,
    serverStreamIdle: missing,
    clientStream: missing,
    bidiStream: missing,
    ...given,
  };
}

/**
 * Handlers of all four kinds that read every request, run `body`, and respond with the one message
 * that it returns.
 */
export function responding(
  body: (call: ServerCall, requests: readonly TestMessage[]) => TestMessage | Promise<TestMessage>,
): Partial<TestHandlers> {
  const gather = async (requests: AsyncIterable<TestMessage>): Promise<TestMessage[]> => {
    const all: TestMessage[] = [];
    for await (const one of requests) all.push(one);
    return all;
  };
  return {
    unary: async (request, call) => await body(call, [request]),
    async *serverStream(request, call) {
      yield await body(call, [request]);
    },
    clientStream: async (requests, call) => await body(call, await gather(requests)),
    async *bidiStream(requests, call) {
      yield await body(call, await gather(requests));
    },
  };
}

/** Makes one call of a kind with one request and reads all of its responses. */
export async function callOnce(
  client: TestClient,
  kind: Kind,
  options: Parameters<TestClient["unary"]>[1] = {},
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

/** All messages of a stream. */
export async function readAll<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of stream) all.push(one);
  return all;
}
