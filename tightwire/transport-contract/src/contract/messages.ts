import { createClient } from "@tightwire/client";
import {
  type Codec,
  type MethodDefinition,
  RpcError,
  type ServiceDefinition,
} from "@tightwire/core";
import { errorOf, eventually } from "@tightwire/testing";
import { expect } from "vitest";
import {
  type TestClient,
  type TestHandlers,
  TestService,
} from "../gen/tightwire/testing/v1/test.service.js";
import type { Suite } from "../suite.js";
import { callOnce, KINDS, type Kind, readAll, responding } from "../test-handlers.js";
import { type TestMessage, testMessage } from "../test-messages.js";

const MIB = 1024 * 1024;

/** Bytes that are no test message: a length that goes past the end. */
const CUT_SHORT = new Uint8Array([0x0a, 0x7f, 1]);
/** Field 2, a string, of one byte that no UTF-8 has. */
const NOT_UTF8 = new Uint8Array([0x12, 1, 0xff]);

/** The test service with another codec for requests or for responses. */
function withCodec(
  side: "request" | "response",
  change: (codec: Codec<unknown>) => Codec<unknown>,
): ServiceDefinition<TestHandlers, TestClient> {
  const methods: Record<string, MethodDefinition> = {};
  for (const [name, method] of Object.entries(TestService.methods))
    methods[name] = { ...method, [side]: change(method[side]) };
  return { ...TestService, methods };
}

/** Messages: their content, their sizes, and bytes that are none. */
export function messages({ test, subject }: Suite): void {
  test("every field comes back as it was sent, by all kinds of call", async (stage) => {
    const whole: TestMessage = {
      payload: Uint8Array.from({ length: 300 }, (_, index) => index),
      text: "käse \u{1f600} \0 end",
      number: -9_007_199_254_740_993n,
      labels: { a: "1", "": "empty key", käse: "" },
      secret: "s",
    };
    const { client } = await stage.open({
      handlers: responding((_call, [request]) => testMessage(request)),
    });
    for (const kind of KINDS) {
      const [response] = await callOnce(client, kind, {}, whole);
      expect({ ...response, payload: [...(response?.payload ?? [])] }).toEqual({
        ...whole,
        payload: [...whole.payload],
      });
    }
  });

  test("messages of no bytes, by all kinds of call", async (stage) => {
    const { client } = await stage.open({
      handlers: responding((_call, requests) => testMessage({ number: BigInt(requests.length) })),
    });
    for (const kind of KINDS) expect((await callOnce(client, kind))[0]?.number).toBe(1n);
    const empty = await stage.open({ handlers: responding(() => testMessage()) });
    for (const kind of KINDS) expect(await callOnce(empty.client, kind)).toHaveLength(1);
  });

  test("streams of no messages", async (stage) => {
    const { client } = await stage.open({
      handlers: {
        async *serverStream() {
          yield* [];
        },
        async clientStream(requests) {
          return testMessage({ number: BigInt((await readAll(requests)).length) });
        },
        async *bidiStream(requests) {
          yield* await readAll(requests);
        },
      },
    });
    expect(await readAll(client.serverStream({}))).toEqual([]);
    expect((await client.clientStream([])).number).toBe(0n);
    expect(await readAll(client.bidiStream([]))).toEqual([]);
  });

  test("messages of almost 4 MiB both ways, by all kinds of call", async (stage) => {
    const payload = new Uint8Array(4 * MIB - 64).fill(7);
    payload[payload.length - 1] = 9;
    const { client } = await stage.open({
      handlers: responding((_call, [request]) =>
        testMessage({ payload: request?.payload ?? payload }),
      ),
    });
    for (const kind of KINDS) {
      const [response] = await callOnce(client, kind, {}, { payload });
      expect(response?.payload.length, kind).toBe(payload.length);
      expect(response?.payload.at(-1), kind).toBe(9);
    }
  });

  for (const kind of KINDS) {
    test(`a request over the server's limit by ${kind}`, async (stage) => {
      const { client, clientBooks, serverBooks } = await stage.open({
        handlers: responding((_call, [request]) =>
          testMessage({ number: BigInt(request?.payload.length ?? 0) }),
        ),
        server: { maxMessageBytes: 1_000 },
      });
      // A payload of up to 16,383 bytes has three bytes of framing in its message.
      expect((await callOnce(client, kind, {}, { payload: new Uint8Array(997) }))[0]?.number).toBe(
        997n,
      );
      for (const length of [998, 100_000]) {
        expect(
          await errorOf(callOnce(client, kind, {}, { payload: new Uint8Array(length) })),
        ).toMatchObject({
          code: "resource_exhausted",
        });
      }
      expect((await callOnce(client, kind, {}, { payload: new Uint8Array(997) }))[0]?.number).toBe(
        997n,
      );
      expect(clientBooks.codes).toEqual(["ok", "resource_exhausted", "resource_exhausted", "ok"]);
      await eventually(() => expect(serverBooks.codes).toEqual(clientBooks.codes));
    });

    test(`a response over the client's limit by ${kind}`, async (stage) => {
      const { client } = await stage.open({
        handlers: responding((_call, [request]) =>
          testMessage({ payload: new Uint8Array(Number(request?.number)) }),
        ),
        channel: { maxMessageBytes: 1_000 },
      });
      expect((await callOnce(client, kind, {}, { number: 997n }))[0]?.payload.length).toBe(997);
      for (const number of [998n, 100_000n]) {
        expect(await errorOf(callOnce(client, kind, {}, { number }))).toMatchObject({
          code: "resource_exhausted",
        });
      }
      expect((await callOnce(client, kind, {}, { number: 997n }))[0]?.payload.length).toBe(997);
    });

    for (const [what, bytes] of Object.entries({
      "cut short": CUT_SHORT,
      "with a string that is not UTF-8": NOT_UTF8,
    })) {
      test(`a request ${what} is INVALID_ARGUMENT by ${kind}`, async (stage) => {
        const { channel, client } = await stage.open({
          handlers: responding((_call, [request]) => testMessage({ text: request?.text ?? "" })),
        });
        const broken = createClient(
          withCodec("request", (codec) => ({ ...codec, encode: () => bytes })),
          channel,
        );
        expect(await errorOf(callOnce(broken, kind))).toMatchObject({
          code: "invalid_argument",
          origin: "peer",
        });
        expect((await callOnce(client, kind, {}, { text: "still there" }))[0]?.text).toBe(
          "still there",
        );
      });

      test(`a response ${what} is INTERNAL by ${kind}`, async (stage) => {
        const { channel, client } = await stage.open({ handlers: responding(() => testMessage()) });
        const broken = createClient(
          withCodec("response", (codec) => ({ ...codec, decode: () => codec.decode(bytes) })),
          channel,
        );
        expect(await errorOf(callOnce(broken, kind))).toMatchObject({
          code: "internal",
          origin: "local",
        });
        expect(await callOnce(client, kind)).toHaveLength(1);
      });
    }
  }

  test("a request that cannot be encoded is INTERNAL, before a connection stands and after", async (stage) => {
    const { client, channel, clientBooks, serverBooks } = await stage.open({
      handlers: responding(() => testMessage()),
    });
    const broken = createClient(
      withCodec("request", (codec) => ({
        ...codec,
        encode() {
          throw new TypeError("no such message");
        },
      })),
      channel,
    );
    for (const warm of [false, true]) {
      for (const kind of KINDS) {
        const error = await errorOf(callOnce(broken, kind));
        expect(error).toMatchObject({ code: "internal", origin: "local" });
        expect(error.message).toContain("cannot be encoded");
        expect((error.cause as Error).message).toBe("no such message");
      }
      if (!warm) expect(await callOnce(client, "unary")).toHaveLength(1);
    }
    expect(clientBooks.unfinished).toEqual([]);
    expect(serverBooks.codes).not.toContain("internal");
  });

  test("a response that cannot be encoded is INTERNAL, and tells its caller no more", async (stage) => {
    const wrong = { ...testMessage(), number: "no bigint" } as unknown as TestMessage;
    const { client, serverBooks } = await stage.open({ handlers: responding(() => wrong) });
    for (const kind of KINDS)
      expect((await errorOf(callOnce(client, kind))).message).toMatch(
        /^internal error \(id [0-9a-f]{12}\)$/,
      );
    expect(serverBooks.calls.map(({ failures }) => failures.length)).toEqual([1, 1, 1, 1]);
  });

  const compresses = subject.capabilities.compressRequests
    ? undefined
    : "this transport compresses no requests";
  test(
    "compressed requests, mixed with plain ones and in order",
    async (stage) => {
      const { client } = await stage.open({
        handlers: {
          ...responding((_call, [request]) =>
            testMessage({ number: BigInt(request?.payload.length ?? 0) }),
          ),
          async *bidiStream(requests) {
            for await (const { number } of requests) yield testMessage({ number });
          },
        },
      });
      const payload = new Uint8Array(100_000).fill(1);
      for (const compress of [true, false, true]) {
        for (const kind of ["unary", "clientStream", "serverStream"] as const) {
          expect((await callOnce(client, kind, { compress }, { payload }))[0]?.number).toBe(
            100_000n,
          );
        }
      }
      const wanted = Array.from({ length: 100 }, (_, index) => BigInt(index));
      // Sizes that differ take differently long to compress.
      const requests = wanted.map((number) => ({
        number,
        payload: new Uint8Array(number % 7n === 0n ? 50_000 : 5),
      }));
      const responses = await readAll(client.bidiStream(requests, { compress: true }));
      expect(responses.map(({ number }) => number)).toEqual(wanted);
    },
    compresses,
  );

  test("large responses at once, and one after the other in a stream, are each their own", async (stage) => {
    // Of sizes on both sides of a frame, of 64 KiB, and of what may wait.
    const payload = (number: number): Uint8Array =>
      new Uint8Array((1 + (number % 40)) * 9_000 + number).fill(number);
    const { client } = await stage.open({
      handlers: {
        unary: async ({ number }) => testMessage({ payload: payload(Number(number)) }),
        async *serverStream({ number }) {
          for (let one = 0; one < number; one++) yield testMessage({ payload: payload(one) });
        },
      },
    });
    const numbers = Array.from({ length: 120 }, (_, index) => index);
    const streams = [60, 120].map(async (count) => {
      const responses = await readAll(client.serverStream({ number: BigInt(count) }));
      return { count, responses };
    });
    const responses = await Promise.all(
      numbers.map((number) => client.unary({ number: BigInt(number) })),
    );
    const wrong = (found: readonly TestMessage[]): number[] =>
      found.flatMap((one, at) => (Buffer.compare(one.payload, payload(at)) === 0 ? [] : [at]));
    expect([responses.length, wrong(responses)]).toEqual([120, []]);
    for (const { count, responses: streamed } of await Promise.all(streams))
      expect([streamed.length, wrong(streamed)]).toEqual([count, []]);
  });

  test(
    "a compressed request that is over the limit once decompressed",
    async (stage) => {
      const { client, serverBooks } = await stage.open({
        handlers: responding(() => testMessage()),
        server: { maxMessageBytes: 10_000 },
      });
      for (const kind of KINDS) {
        const call = callOnce(client, kind, { compress: true }, { payload: new Uint8Array(MIB) });
        expect(await errorOf(call)).toMatchObject({ code: "resource_exhausted" });
        expect(await callOnce(client, kind, { compress: true })).toHaveLength(1);
      }
      await eventually(() =>
        expect(serverBooks.codes).toEqual(KINDS.flatMap(() => ["resource_exhausted", "ok"])),
      );
    },
    compresses,
  );

  test(
    "requests come compressed as the caller says, message by message",
    async (stage) => {
      const came: string[] = [];
      const { client } = await stage.open({
        handlers: responding(() => testMessage()),
        onRequest: (compressed) => came.push(compressed ? "c" : "p"),
      });
      const cameSince = (): string => came.splice(0).join("");
      for (const kind of KINDS) {
        const compress = ({ number }: TestMessage): boolean => number === 1n;
        for (const [wanted, options, request] of [
          ["p", {}, {}],
          ["c", { compress: true }, {}],
          ["c", { compress }, { number: 1n }],
          ["p", { compress }, { number: 2n }],
        ] as const) {
          await callOnce(client, kind, options, request);
          expect(cameSince(), kind).toBe(wanted);
        }
      }
      // Sizes on both sides of what is compressed at once.
      const requests = [..."pcpcc"].map((text, index) => ({
        text,
        payload: new Uint8Array(index % 2 === 0 ? 50_000 : 5),
      }));
      const compress = ({ text }: Partial<TestMessage>): boolean => text === "c";
      await client.clientStream(requests, { compress });
      expect(cameSince()).toBe("pcpcc");
      await readAll(client.bidiStream(requests, { compress }));
      expect(cameSince()).toBe("pcpcc");
    },
    compresses,
  );

  test(
    "a compress function that throws fails its call only",
    async (stage) => {
      const { client, clientBooks } = await stage.open({
        handlers: responding(() => testMessage()),
      });
      const cause = new Error("cannot decide");
      const compress = (): boolean => {
        throw cause;
      };
      for (const kind of KINDS) {
        const error = await errorOf(callOnce(client, kind, { compress }));
        expect(error, kind).toBeInstanceOf(RpcError);
        expect(error, kind).toMatchObject({ code: "internal", cause, origin: "local" });
        expect(await callOnce(client, kind), kind).toHaveLength(1);
      }
      expect(clientBooks.unfinished).toEqual([]);
    },
    compresses,
  );

  const responsesCompressed = subject.capabilities.compressResponses
    ? undefined
    : "this transport compresses no responses";
  test(
    "responses come compressed as the handler says, message by message, with headers before them and without",
    async (stage) => {
      const came: boolean[] = [];
      const { client } = await stage.open({
        onResponse: (compressed) => came.push(compressed),
        handlers: {
          ...responding((call, [request]) => {
            call.compress = request?.text === "c";
            return testMessage({ payload: new Uint8Array(Number(request?.number)) });
          }),
          async *bidiStream(requests, call) {
            if (call.metadata.has("with-headers")) call.headers.set("kind", "bidi");
            for await (const { text, number } of requests) {
              call.compress = text === "c";
              yield testMessage({ payload: new Uint8Array(Number(number)) });
            }
          },
        },
      });
      for (const kind of ["unary", "serverStream", "clientStream"] satisfies Kind[]) {
        for (const number of [5n, 50_000n]) {
          await callOnce(client, kind, {}, { text: "c", number });
          await callOnce(client, kind, {}, { text: "p", number });
          expect(came.splice(0), kind).toEqual([true, false]);
        }
      }
      const requests = [..."cpccp"].map((text, index) => ({
        text,
        number: index % 2 === 0 ? 50_000n : 5n,
      }));
      for (const metadata of [{}, { "with-headers": "1" }]) {
        const responses = await readAll(client.bidiStream(requests, { metadata }));
        expect(responses.map((one) => one.payload.length)).toEqual([50_000, 5, 50_000, 5, 50_000]);
        expect(came.splice(0)).toEqual([true, false, true, true, false]);
      }
    },
    responsesCompressed,
  );
}
