import type { Interceptor, Logger, Observer, RpcError, ServerCall } from "@tightwire/core";
import { createGate, errorOf, eventually } from "@tightwire/testing";
import { expect } from "vitest";
import type { TestHandlers } from "../gen/tightwire/testing/v1/test.service.js";
import { MISBEHAVIOURS, type Misbehaviour } from "../misbehaviours.js";
import type { OpenOptions } from "../stage.js";
import type { Suite } from "../suite.js";
import { callOnce, KINDS } from "../test-handlers.js";
import { type TestMessage, testMessage } from "../test-messages.js";

/** Where a server calls user code, with code there that misbehaves in calls marked as faulty. */
type Place = (misbehave: Misbehaviour) => OpenOptions;

const statusOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "ok",
    ({ code }: RpcError) => code,
  );

const isFaulty = (call: Pick<ServerCall, "metadata">): boolean => call.metadata.has("faulty");

const respond = (text: string): TestMessage => testMessage({ text });

/** Handlers that respond; in faulty calls `faulty` does, whatever it returns. */
function handlers(faulty: (many: boolean) => unknown = healthy): Partial<TestHandlers> {
  const one = (_request: unknown, call: ServerCall): never =>
    (isFaulty(call) ? faulty(false) : healthy(false)) as never;
  const many = (_request: unknown, call: ServerCall): never =>
    (isFaulty(call) ? faulty(true) : healthy(true)) as never;
  return { unary: one, clientStream: one, serverStream: many, bidiStream: many };
}

function healthy(many: boolean): unknown {
  return many ? messages() : Promise.resolve(respond("ok"));
}

async function* messages(): AsyncGenerator<TestMessage> {
  yield respond("ok");
}

const around = (interceptor: Interceptor): OpenOptions => ({
  server: { interceptors: [interceptor] },
  handlers: handlers(),
});

const observing = (observer: object | Misbehaviour): OpenOptions => ({
  server: {
    observers: [
      {
        started: (typeof observer === "function"
          ? observer
          : () => ({ finished() {}, ...observer })) as Observer["started"],
      },
    ],
  },
  handlers: handlers(),
});

/** Where what goes wrong is the call's own: it fails. */
const DECISIVE: Readonly<Record<string, Place>> = {
  "a handler": (misbehave) => ({ handlers: handlers(misbehave) }),
  "an iterator of responses": (misbehave) => ({
    handlers: handlers((many) =>
      many ? { [Symbol.asyncIterator]: () => ({ next: misbehave }) } : misbehave(),
    ),
  }),
  "an interceptor": (misbehave) =>
    around((next) => (call) => (isFaulty(call) ? (misbehave() as never) : next(call))),
  "an interceptor, after the call": (misbehave) =>
    around((next) => async (call) => {
      const intercepted = await next(call);
      return isFaulty(call) ? (misbehave() as never) : intercepted;
    }),
  "an interceptor that drops the call": (misbehave) => ({
    ...around((next) => (call) => {
      const running = next(call);
      return isFaulty(call) ? (misbehave() as never) : running;
    }),
    handlers: handlers((many) => (many ? messages() : Promise.reject(new Error("dropped")))),
  }),
};

/** Where nothing that goes wrong may change a call. */
const HARMLESS: Readonly<Record<string, Place>> = {
  onFinish: (misbehave) =>
    around((next) => (call) => {
      call.onFinish(misbehave as () => void);
      return next(call);
    }),
  "started of an observer": (misbehave) => observing(misbehave),
  "message of an observer": (misbehave) => observing({ message: misbehave }),
  "finished of an observer": (misbehave) => observing({ finished: misbehave }),
  "a logger": (misbehave) => ({
    server: {
      logger: { debug: misbehave, info: misbehave, warn: misbehave, error() {} } as Logger,
    },
    handlers: handlers(),
  }),
};

/** User code of a server, in every place where it is called, misbehaving in every way. */
export function serverMisbehaviour({ test }: Suite): void {
  for (const [place, open] of Object.entries({ ...DECISIVE, ...HARMLESS }))
    for (const [how, misbehave] of Object.entries(MISBEHAVIOURS))
      test(`${place} that ${how} touches no other call, and every call finishes once`, async (stage) => {
        const { client, serverBooks } = await stage.open(open(misbehave));
        const hangs = how === "hangs" && place in DECISIVE;
        const options = { metadata: { faulty: "yes" }, ...(hangs ? { timeoutMs: 100 } : {}) };
        const calls = KINDS.flatMap((kind) => [
          statusOf(callOnce(client, kind)),
          statusOf(callOnce(client, kind, options)),
        ]);
        const failed = how === "hangs" ? "deadline_exceeded" : "internal";
        const faulty = place in DECISIVE ? failed : "ok";
        expect(await Promise.all(calls)).toEqual(KINDS.flatMap(() => ["ok", faulty]));
        await eventually(() =>
          expect(serverBooks.calls.map(({ finishes }) => finishes)).toEqual(Array(8).fill(1)),
        );
      });

  test("a handler that hangs after its call was cancelled holds nothing up", async (stage) => {
    const gate = createGate();
    const { client } = await stage.open({
      handlers: handlers(async () => {
        await gate.passed;
        return respond("late");
      }),
    });
    for (const kind of KINDS) {
      const call = callOnce(client, kind, { metadata: { faulty: "yes" }, timeoutMs: 50 });
      expect((await errorOf(call)).code).toBe("deadline_exceeded");
      expect((await callOnce(client, kind))[0]?.text).toBe("ok");
    }
    gate.open();
  });
}
