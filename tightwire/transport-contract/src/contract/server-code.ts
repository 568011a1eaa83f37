import type { ChannelOptions } from "@tightwire/client";
import { type CallOptions, type Logger, RpcError } from "@tightwire/core";
import { createGate, errorOf, eventually } from "@tightwire/testing";
import { expect } from "vitest";
import type { Suite } from "../suite.js";
import { callOnce, KINDS, responding } from "../test-handlers.js";
import { testMessage } from "../test-messages.js";

const ERROR_ID = /^internal error \(id [0-9a-f]{12}\)$/;

/** A logger that keeps the messages of its errors. */
function errorLog(): { errors: string[]; logger: Logger } {
  const errors: string[] = [];
  const nothing = (): void => {};
  const error = (_fields: object, message: string): void => void errors.push(message);
  return { errors, logger: { debug: nothing, info: nothing, warn: nothing, error } };
}

const boom = (): never => {
  throw new Error("boom");
};
const HOSTILE = new Proxy({}, { get: boom, has: boom, getPrototypeOf: boom, ownKeys: boom });

/** What user code on the server does wrong, and that it stays with its own call. */
export function serverCode({ test }: Suite): void {
  for (const [what, listener] of [
    ["throws", boom],
    ["rejects", () => Promise.reject(new Error("boom"))],
  ] as const)
    test(`an onFinish that ${what} changes nothing, is reported, and does not stop the next one`, async (stage) => {
      const { errors, logger } = errorLog();
      const gate = createGate();
      const { client, serverBooks } = await stage.open({
        server: {
          logger,
          interceptors: [
            (next) => (call) => {
              call.onFinish(listener);
              call.onFinish(({ code }) => stage.log.add(`${call.method.name} finished ${code}`));
              return next(call);
            },
          ],
        },
        handlers: responding(async (_call, [request]) => {
          if (request?.text === "waits") {
            stage.log.add("sibling waits");
            await gate.passed;
          }
          if (request?.text === "fails") boom();
          return testMessage({ text: "responded" });
        }),
      });
      const sibling = callOnce(client, "bidiStream", {}, { text: "waits" });
      await stage.log.until("sibling waits");
      for (const kind of KINDS) {
        expect((await callOnce(client, kind))[0]?.text).toBe("responded");
        const error = await errorOf(callOnce(client, kind, {}, { text: "fails" }));
        expect(error.message).toMatch(ERROR_ID);
      }
      gate.open();
      expect((await sibling)[0]?.text).toBe("responded");
      await eventually(() => {
        expect(errors.filter((one) => one === "onFinish threw")).toHaveLength(9);
        expect(stage.log.entries.filter((one) => one.includes("finished"))).toHaveLength(9);
      });
      expect(serverBooks.codes.filter((code) => code === "ok")).toHaveLength(5);
    });

  const iterator = (next: () => unknown, more: object = {}): never =>
    ({ [Symbol.asyncIterator]: () => ({ next, ...more }) }) as never;
  const message = { done: false, value: testMessage() };
  const misbehaving: Readonly<Record<string, () => never>> = {
    "returns undefined": () => undefined as never,
    "returns a number": () => 42 as never,
    "returns what throws when it is read": () => HOSTILE as never,
    "throws what throws when it is read": () => {
      throw HOSTILE;
    },
    "throws what only claims to be an RpcError": () => {
      throw Object.assign(new Error("x"), { [Symbol.for("tightwire.RpcError")]: true });
    },
    "throws an object without a prototype": () => {
      throw Object.create(null);
    },
    "responds with an iterator whose next throws": () => iterator(boom),
    "responds with an iterator whose next returns undefined": () => iterator(() => undefined),
    "responds with an iterator whose next gives nothing": () => iterator(() => ({})),
    "responds with an iterator whose next and return reject": () =>
      iterator(() => Promise.reject(new Error("boom")), {
        return: () => Promise.reject(new Error("boom")),
      }),
    "responds with an iterator that has no next": () =>
      ({ [Symbol.asyncIterator]: () => undefined }) as never,
    "responds with an array": () => [testMessage()] as never,
  };
  for (const [what, handler] of Object.entries(misbehaving)) {
    const kinds = what.includes("iterator")
      ? (["serverStream", "bidiStream"] as const)
      : // A number has none of the fields of a message.
        what === "returns a number" || what.includes("array")
        ? (["serverStream", "bidiStream"] as const)
        : KINDS;
    test(`a handler that ${what} fails its own call with an error id, once`, async (stage) => {
      const { errors, logger } = errorLog();
      const gate = createGate();
      const broken = { unary: handler, clientStream: handler };
      const { client, serverBooks } = await stage.open({
        server: { logger },
        handlers: {
          ...broken,
          serverStream: handler,
          bidiStream: handler,
          async unaryWithTimeout() {
            await gate.passed;
            return testMessage({ text: "sibling" });
          },
        },
      });
      const sibling = client.unaryWithTimeout({});
      for (const kind of kinds)
        expect(await errorOf(callOnce(client, kind)), kind).toMatchObject({
          code: "internal",
          message: expect.stringMatching(ERROR_ID),
        });
      gate.open();
      expect((await sibling).text).toBe("sibling");
      expect(errors).toEqual(kinds.map(() => "handler failed"));
      expect(serverBooks.calls.map(({ finishes }) => finishes)).toEqual([1, ...kinds.map(() => 1)]);
    });
  }

  test("an iterator whose return hangs or rejects is asked once, and does not hold its cancelled call", async (stage) => {
    const { client } = await stage.open({
      handlers: {
        serverStream: ({ text }) =>
          iterator(() => Promise.resolve(message), {
            return() {
              stage.log.add(`${text} returned`);
              return text === "hangs" ? new Promise(() => {}) : Promise.reject(new Error("boom"));
            },
          }),
        unary: async () => testMessage({ text: "sibling" }),
      },
    });
    for (const text of ["hangs", "rejects"]) {
      for await (const _one of client.serverStream({ text })) break;
      await stage.log.until(`${text} returned`);
    }
    expect((await client.unary({})).text).toBe("sibling");
    expect(stage.log.entries).toEqual(["hangs returned", "rejects returned"]);
  });

  test("interceptors that resolve with no response fail the call with an error id", async (stage) => {
    for (const resolved of [undefined, null, {}]) {
      for (const interceptor of [() => resolved, async () => resolved]) {
        const { errors, logger } = errorLog();
        const { client } = await stage.open({
          server: { logger, interceptors: [() => interceptor as never] },
          handlers: responding(() => testMessage()),
        });
        for (const kind of KINDS)
          expect((await errorOf(callOnce(client, kind))).message).toMatch(ERROR_ID);
        expect(errors).toEqual(KINDS.map(() => "handler failed"));
      }
    }
  });

  test("an interceptor that does not pass its call on fails the call with an error id", async (stage) => {
    const { client } = await stage.open({
      server: { interceptors: [(next) => () => next(undefined as never)] },
      handlers: responding(() => testMessage()),
    });
    for (const kind of KINDS)
      expect((await errorOf(callOnce(client, kind))).message).toMatch(ERROR_ID);
  });

  const token = new TypeError("undefined is not a token");
  const fails = (): never => {
    throw token;
  };
  const outgoing: Readonly<Record<string, { channel?: ChannelOptions; options?: CallOptions }>> = {
    "an interceptor throws": { channel: { interceptors: [() => fails] } },
    "an attempt interceptor throws": { channel: { attemptInterceptors: [() => fails] } },
    "`compress` throws": { options: { compress: fails } },
  };
  for (const [what, { channel = {}, options = {} }] of Object.entries(outgoing))
    test(`an outgoing call of which ${what} fails its handler with an error id; the log has the cause`, async (stage) => {
      const lines: object[] = [];
      const { logger } = errorLog();
      const error = (fields: object): void => void lines.push(fields);
      const behind = await stage.open({ handlers: responding(() => testMessage()) });
      const { client: inner } = stage.channelTo(behind, channel);
      const { client } = await stage.open({
        server: { logger: { ...logger, error } },
        handlers: responding(async () => await inner.unary({}, options)),
      });
      for (const kind of KINDS) {
        const error = await errorOf(callOnce(client, kind));
        expect(error, kind).toMatchObject({
          code: "internal",
          message: expect.stringMatching(ERROR_ID),
        });
        const [line, ...more] = lines.splice(0);
        expect(line).toMatchObject({
          errorId: error.message.slice("internal error (id ".length, -1),
          err: { cause: { type: "TypeError", message: token.message } },
        });
        expect(more).toEqual([]);
      }
    });

  test("an RpcError whose fields were made invalid fails its call with an error id", async (stage) => {
    const changes: object[] = [
      { code: "ok" },
      { code: 5 },
      { message: undefined },
      { message: Symbol("text") },
      { details: [{ type: "a.B" }] },
      { details: undefined },
      { metadata: { "not allowed": "x" } },
    ];
    for (const change of changes) {
      const { errors, logger } = errorLog();
      const { client } = await stage.open({
        server: { logger },
        handlers: responding(() => {
          throw Object.assign(new RpcError("not_found", "x"), change);
        }),
      });
      for (const kind of KINDS)
        expect((await errorOf(callOnce(client, kind))).message).toMatch(ERROR_ID);
      expect(errors).toEqual(KINDS.map(() => "handler failed"));
    }
  });
}
