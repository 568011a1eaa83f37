import {
  type CallOptions,
  type Interceptor,
  type Logger,
  type Observer,
  RpcError,
} from "@tightwire/core";
import { expect } from "vitest";
import type { TestClient } from "../gen/tightwire/testing/v1/test.service.js";
import {
  MISBEHAVIOUR_NAMES,
  MISBEHAVIOURS,
  type Misbehaviour,
  type MisbehaviourName,
} from "../misbehaviours.js";
import type { OpenOptions } from "../stage.js";
import type { Suite } from "../suite.js";
import { callOnce, KINDS, type Kind, readAll, responding } from "../test-handlers.js";
import { type TestMessage, testMessage } from "../test-messages.js";

/** A place where user code is called. */
interface Place {
  readonly name: string;
  /** Whether a fault there may fail its call. Otherwise it changes nothing. */
  readonly mayFail: boolean;
  /** Options of the channel with the fault. */
  readonly channel?: (misbehave: Misbehaviour) => OpenOptions["channel"];
  /** Options of the calls with the fault. */
  readonly options?: (misbehave: Misbehaviour) => CallOptions;
  /** The request of a call with the fault; of a streaming call, the requests. */
  readonly request?: (misbehave: Misbehaviour) => unknown;
  /** The kinds of call that have the place. Default: all. */
  readonly kinds?: readonly Kind[];
  /** Whether its call waits until its deadline, whatever the fault. */
  readonly waits?: boolean;
  /** The faults that concern the call. Default: all. */
  readonly faults?: readonly MisbehaviourName[];
}

/** Whether a call is to meet the fault, as its caller marks it. */
const BAD = { "x-bad": "yes" } as const;

/** An interceptor around the calls that are to meet the fault. */
function around(before: Misbehaviour | undefined, after: Misbehaviour | undefined): Interceptor {
  return (next) => async (call) => {
    if (!call.metadata.has("x-bad")) return await next(call);
    if (before !== undefined) return before();
    await next(call);
    return (after as Misbehaviour)();
  };
}

function onFinishing(misbehave: Misbehaviour): Interceptor {
  return (next) => (call) => {
    if (call.metadata.has("x-bad")) call.onFinish(misbehave);
    return next(call);
  };
}

function observing(misbehave: Misbehaviour): Observer {
  return {
    started: () => ({
      attempt: misbehave,
      message: misbehave,
      failed: misbehave,
      finished: misbehave,
    }),
  };
}

function loggerOf(misbehave: Misbehaviour): Logger {
  return { debug: misbehave, info: misbehave, warn: misbehave, error: misbehave };
}

const PLACES: readonly Place[] = [
  {
    name: "an interceptor of the channel, before next",
    mayFail: true,
    channel: (misbehave) => ({ interceptors: [around(misbehave, undefined)] }),
  },
  {
    name: "an interceptor of the channel, after next",
    mayFail: true,
    channel: (misbehave) => ({ interceptors: [around(undefined, misbehave)] }),
  },
  {
    name: "an attempt interceptor, before next",
    mayFail: true,
    channel: (misbehave) => ({ attemptInterceptors: [around(misbehave, undefined)] }),
  },
  {
    name: "an attempt interceptor, after next",
    mayFail: true,
    channel: (misbehave) => ({ attemptInterceptors: [around(undefined, misbehave)] }),
  },
  {
    name: "onFinish of the client",
    mayFail: false,
    channel: (misbehave) => ({ interceptors: [onFinishing(misbehave)] }),
  },
  {
    name: "onFinish of an attempt",
    mayFail: false,
    channel: (misbehave) => ({ attemptInterceptors: [onFinishing(misbehave)] }),
  },
  {
    name: "an observer of the channel",
    mayFail: false,
    channel: (misbehave) => ({ observers: [observing(misbehave)] }),
  },
  {
    name: "an observer of the channel, when a call starts",
    mayFail: false,
    channel: (misbehave) => ({ observers: [{ started: misbehave }] }),
  },
  {
    name: "the logger of the channel",
    mayFail: false,
    channel: (misbehave) => ({ logger: loggerOf(misbehave) }),
  },
  { name: "onHeaders", mayFail: false, options: (misbehave) => ({ onHeaders: misbehave }) },
  { name: "onTrailers", mayFail: false, options: (misbehave) => ({ onTrailers: misbehave }) },
  { name: "compress", mayFail: true, options: (misbehave) => ({ compress: misbehave }) },
  {
    name: "a getter of the request",
    mayFail: true,
    kinds: ["unary", "serverStream"],
    // A promise in a field is a value as any other, and its rejection the caller's own.
    faults: ["throws", "returns nothing"],
    request: (misbehave) => Object.defineProperty({}, "text", { get: misbehave, enumerable: true }),
  },
  {
    name: "the iterator of the requests, when it is made",
    mayFail: true,
    kinds: ["clientStream", "bidiStream"],
    request: (misbehave) => ({ [Symbol.asyncIterator]: misbehave }),
  },
  {
    name: "the iterator of the requests, when it is read",
    mayFail: true,
    kinds: ["clientStream", "bidiStream"],
    request: (misbehave) => ({ [Symbol.asyncIterator]: () => ({ next: misbehave }) }),
  },
  {
    name: "the iterator of the requests, when it is closed",
    mayFail: true,
    waits: true,
    kinds: ["clientStream", "bidiStream"],
    request: (misbehave) => ({
      [Symbol.asyncIterator]: () => ({ next: MISBEHAVIOURS.hangs, return: misbehave }),
    }),
  },
];

/** The deadline of a call that hangs. */
const TIMEOUT_MS = 100;

/** User code of a client, in every place where it is called, misbehaving in every way. */
export function clientMisbehaviour({ test }: Suite): void {
  for (const place of PLACES)
    for (const fault of place.faults ?? MISBEHAVIOUR_NAMES)
      test(`${place.name} that ${fault}: its call finishes once, and others are not touched`, async (stage) => {
        const code = MISBEHAVIOURS[fault];
        const pair = await stage.open({
          handlers: responding(async (call, [request]) => {
            call.headers.set("x-head", "1");
            call.trailers.set("x-end", "1");
            if (request?.text === "long") await stage.log.until("bad calls finished");
            return testMessage({ text: "good" });
          }),
          channel: place.channel?.(code) ?? {},
        });
        const bad = (kind: Kind): Promise<TestMessage[]> => {
          const options = {
            ...place.options?.(code),
            ...(place.mayFail && (fault === "hangs" || place.waits === true)
              ? { timeoutMs: TIMEOUT_MS }
              : {}),
            metadata: BAD,
          };
          return place.request === undefined
            ? callOnce(pair.client, kind, options)
            : callWith(pair.client, kind, options, place.request(code));
        };
        const good = (kind: Kind, text: string): Promise<TestMessage[]> =>
          callOnce(pair.client, kind, {}, { text });
        const long = KINDS.map((kind) => good(kind, "long"));
        const outcomes = (place.kinds ?? KINDS).map(async (kind) => {
          const outcome = await bad(kind).catch((error: unknown) => error);
          if (!place.mayFail) expect(outcome, kind).toMatchObject([{ text: "good" }]);
          else if (!Array.isArray(outcome)) expect(outcome, kind).toBeInstanceOf(RpcError);
        });
        await Promise.all(outcomes);
        stage.log.add("bad calls finished");
        for (const call of [...long, ...KINDS.map((kind) => good(kind, "short"))])
          expect((await call).map(({ text }) => text)).toEqual(["good"]);
        // The stage then checks that every call finished exactly once, on both sides.
      });
}

/** Makes a call with a request, or an iterable of requests, that need not be right. */
async function callWith(
  client: TestClient,
  kind: Kind,
  options: CallOptions,
  request: unknown,
): Promise<TestMessage[]> {
  const responses: unknown = client[kind](request as never, options);
  return responses instanceof Promise
    ? [(await responses) as TestMessage]
    : await readAll(responses as AsyncIterable<TestMessage>);
}
