import type { CallOptions, MethodDefinition, ServiceDefinition } from "@tightwire/core";
import {
  type CallScope,
  type ClientTransport,
  type Connection,
  createScopeRunner,
  localCompletion,
  type Status,
  StatusNumber,
  type UnarySink,
} from "@tightwire/core/runtime";
import { expect, test } from "vitest";
import { createChannel } from "../channel/create-channel.js";
import { createClient } from "../client.js";

const runInScope = createScopeRunner();

const codec = { encode: () => new Uint8Array(), decode: () => ({}), create: () => ({}) };
const Shop = {
  name: "shop.v1.Shop",
  methods: {
    get: {
      path: "/shop.v1.Shop/Get",
      kind: "unary",
      request: codec,
      response: codec,
      policy: {},
      redacted: { request: [], response: [] },
    } as unknown as MethodDefinition,
    watch: {
      path: "/shop.v1.Shop/Watch",
      kind: "server_streaming",
      request: codec,
      response: codec,
      policy: {},
      redacted: { request: [], response: [] },
    } as unknown as MethodDefinition,
  },
} as unknown as ServiceDefinition<
  unknown,
  { get(request: object): Promise<object>; watch(request: object): AsyncIterable<object> }
>;

/** A transport whose connection sends calls so. */
function transportOf(unary: Connection["unary"], stream?: Connection["stream"]): ClientTransport {
  const connection = {
    info: { address: "127.0.0.1:1", protocol: "h2c" },
    capacity: 1,
    onState() {},
    unary,
    stream,
    close: () => Promise.resolve(),
  };
  return {
    name: "fake",
    capabilities: { compressRequests: false, compressResponses: false, knowsOutcome: true },
    connect: () => Promise.resolve(connection as unknown as Connection),
  };
}

test("a call that is cancelled with UNAVAILABLE before it was sent is not sent again", async () => {
  let sent: (() => void) | undefined;
  const wasSent = new Promise<void>((resolve) => {
    sent = resolve;
  });
  let attempts = 0;
  const transport = transportOf((_call, _message, sink: UnarySink) => {
    attempts++;
    sent?.();
    return {
      cancel: (status) => sink.finished(localCompletion(status, "not-processed"), undefined),
    };
  });
  let cancelParent: ((status: Status) => void) | undefined;
  const parent: CallScope = {
    deadline: Number.POSITIVE_INFINITY,
    hop: false,
    traceparent: undefined,
    tracestate: undefined,
    cancelledBy: undefined,
    onCancelled(listener) {
      cancelParent = listener;
    },
    offCancelled() {},
  };
  const client = createClient(Shop, createChannel("127.0.0.1:1", { transport }));
  const call = runInScope(parent, () => client.get({}));
  const failed = call.catch((error: unknown) => error);
  await wasSent;
  cancelParent?.({ code: StatusNumber.UNAVAILABLE, message: "the server is shutting down" });
  expect(await failed).toMatchObject({ code: "unavailable", outcome: "not-processed" });
  expect(attempts).toBe(1);
});

test("a transport that throws fails the call", async () => {
  const bug = new Error("no buffer");
  const transport = transportOf(() => {
    throw bug;
  });
  const client = createClient(Shop, createChannel("127.0.0.1:1", { transport }));
  const error: unknown = await client.get({}).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: "internal",
    message: "the transport could not send the call",
    outcome: "unknown",
    cause: bug,
  });
});

test("a stream that the transport began before it threw is cancelled", async () => {
  const bug = new Error("no buffer");
  const cancelled: Status[] = [];
  const transport = transportOf(
    () => expect.fail("no unary call"),
    (_call, sink) => ({
      write: () => true,
      halfClose() {},
      pull() {
        throw bug;
      },
      cancel(status) {
        cancelled.push(status);
        sink.finished(localCompletion(status, "unknown"));
      },
    }),
  );
  const client = createClient(Shop, createChannel("127.0.0.1:1", { transport }));
  const messages = client.watch({})[Symbol.asyncIterator]();
  const error: unknown = await messages.next().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "internal", outcome: "unknown", cause: bug });
  expect(cancelled).toHaveLength(1);
});

test("a stream that the caller's compress function cancels is not sent", async () => {
  let sent = 0;
  const transport = transportOf(
    (_call, _message, sink) => {
      sink.finished(
        localCompletion({ code: StatusNumber.NOT_FOUND, message: "" }, "responded"),
        undefined,
      );
      return { cancel() {} };
    },
    () => {
      sent++;
      return { write: () => true, halfClose() {}, pull() {}, cancel() {} };
    },
  );
  const client = createClient(Shop, createChannel("127.0.0.1:1", { transport })) as unknown as {
    get(request: object): Promise<object>;
    watch(request: object, options: CallOptions): AsyncIterable<object>;
  };
  await client.get({}).catch(() => {}); // opens the connection
  const controller = new AbortController();
  const compress = (): boolean => {
    controller.abort();
    return true;
  };
  const messages = client
    .watch({}, { compress, signal: controller.signal })
    [Symbol.asyncIterator]();
  const error: unknown = await messages.next().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "cancelled", outcome: "not-processed" });
  expect(sent).toBe(0);
});
