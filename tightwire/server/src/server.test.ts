import {
  type Codec,
  type MethodDefinition,
  type MethodKind,
  MisuseError,
  type ServerCall,
  type ServiceDefinition,
} from "@tightwire/core";
import type { Listener, ServerTransport } from "@tightwire/core/runtime";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Caller, callerOf } from "./caller.test-support.js";
import { addHealth, HealthService, HealthStatus } from "./health/health.js";
import { createServer, type Server } from "./server.js";

const json: Codec<unknown> = {
  encode: (message) => Buffer.from(JSON.stringify(message)),
  decode: (bytes) => JSON.parse(Buffer.from(bytes).toString()) as unknown,
  create: (partial) => partial,
};

function method(name: string, kind: MethodKind): MethodDefinition {
  const redacted = { request: [], response: [] };
  return {
    name,
    path: `/test.Work/${name}`,
    kind,
    idempotency: "unknown",
    policy: {},
    http: [],
    redacted,
    request: json,
    response: json,
  };
}

interface WorkHandlers {
  once(request: unknown, call: ServerCall): Promise<unknown>;
  many(request: unknown, call: ServerCall): AsyncIterable<unknown>;
}

const Work: ServiceDefinition<WorkHandlers> = {
  name: "test.Work",
  methods: { once: method("Once", "unary"), many: method("Many", "server_streaming") },
};

const noop = (): void => {};

let log: string[];

beforeEach(() => {
  log = [];
  vi.useFakeTimers();
});

afterEach(() => void vi.useRealTimers());

/** Runs the timers that are due, and everything that follows from them at once. */
const passMs = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

/** A transport whose listener only logs its calls. */
const noting: ServerTransport = {
  name: "noting",
  capabilities: { compressRequests: false, compressResponses: false, knowsOutcome: true },
  listen: (address): Promise<Listener> =>
    Promise.resolve({
      address,
      drain: (graceMs) => Promise.resolve(void log.push(`drain within ${graceMs} ms`)),
      closeNow: () => Promise.resolve(),
    }),
};

/**
 * A server that listens: `once` finishes when `finish` is called, `many` when the server drains.
 */
async function openServer(): Promise<{ server: Server; call: Caller; finish: () => void }> {
  let finish = (): void => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const server = createServer().add(Work, {
    async once(request, call) {
      call.signal.addEventListener("abort", () => log.push("call aborted"));
      if ((request as { long?: boolean }).long) await finished;
      return request;
    },
    async *many(_request, call) {
      const drained = new Promise((resolve) => call.draining.addEventListener("abort", resolve));
      yield "first";
      await drained;
      log.push("stream drained");
      yield "last";
    },
  });
  addHealth(server);
  await server.listen("noting:", noting);
  return { server, call: await callerOf(server), finish };
}

test("a stop reports NOT_SERVING, pauses, drains, tells streams to finish and waits for the calls in flight, in this order", async () => {
  const { server, call, finish } = await openServer();
  const watch = call(HealthService, "watch", { service: "" });
  const stream = call(Work, "many", {});
  const inFlight = call(Work, "once", { long: true });
  await passMs(0);
  const stopped = server.stop({ pauseMs: 300, graceMs: 5_000 }).then(() => log.push("stopped"));
  await passMs(0);
  expect(watch.responses).toEqual([
    { status: HealthStatus.SERVING },
    { status: HealthStatus.NOT_SERVING },
  ]);
  await passMs(299);
  const paused = call(Work, "once", {});
  await passMs(0);
  expect([await paused.finished, log]).toEqual(["ok", []]);
  await passMs(1);
  expect(log).toEqual(["drain within 4700 ms", "stream drained"]);
  expect([await stream.finished, stream.responses]).toEqual(["ok", ["first", "last"]]);
  expect(await watch.finished).toBe("ok");
  const late = call(Work, "once", {});
  await passMs(0);
  expect(await late.finished).toBe("unavailable: the server is shutting down");
  finish();
  await passMs(0);
  await stopped;
  expect([await inFlight.finished, inFlight.responses]).toEqual(["ok", [{ long: true }]]);
  expect(log).toEqual(["drain within 4700 ms", "stream drained", "stopped"]);
});

test("calls that are left when the grace period has passed, pause included, are cancelled", async () => {
  const { server, call } = await openServer();
  const inFlight = call(Work, "once", { long: true });
  await passMs(0);
  const stopped = server.stop({ pauseMs: 300, graceMs: 1_000 }).then(() => log.push("stopped"));
  await passMs(999);
  expect(log).toEqual(["drain within 700 ms"]);
  await passMs(1);
  await stopped;
  expect(log).toEqual(["drain within 700 ms", "call aborted", "stopped"]);
  expect(await inFlight.finished).toBe("unavailable: the server is shutting down");
});

test("a pause is no longer than the grace period", async () => {
  const { server } = await openServer();
  const stopped = server.stop({ pauseMs: 60_000, graceMs: 100 });
  await passMs(100);
  await stopped;
  expect(log).toEqual(["drain within 0 ms"]);
});

test("a listener that cannot drain does not make the stop reject", async () => {
  const { server } = await openServer();
  const listener = await server.listen("broken:", noting);
  vi.spyOn(listener, "drain").mockRejectedValue(new Error("broken"));
  const stopped = server.stop({ pauseMs: 0 });
  await passMs(0);
  await expect(stopped).resolves.toBeUndefined();
});

test("a service that is added twice, too late or in part is refused by its name", async () => {
  const handlers = { once: () => Promise.resolve({}), async *many() {} };
  const server = createServer().add(Work, handlers);
  expect(() => server.add(Work, handlers)).toThrow(
    new MisuseError("TW_DUPLICATE_SERVICE", "test.Work was added twice"),
  );
  expect(() => createServer().add(Work, { ...handlers, once: undefined as never })).toThrow(
    new MisuseError("TW_MISSING_HANDLER", "test.Work has no handler for once"),
  );
  await server.listen("noting:", noting);
  expect(() => addHealth(server)).toThrow(
    /^cannot add grpc\.health\.v1\.Health: the server already listens/,
  );
});

test("a server that was stopped cannot listen again", async () => {
  const { server } = await openServer();
  const stopped = server.stop({ pauseMs: 0 });
  await passMs(0);
  await stopped;
  expect(() => server.listen("noting:", noting)).toThrow(
    new MisuseError("TW_STOPPED", "the server was stopped and cannot listen again"),
  );
});

test.each<[string, () => unknown]>([
  ["observers must be an array (got a function)", () => createServer({ observers: noop as never })],
  [
    "interceptors must be an array (got an object)",
    () => createServer({ interceptors: {} as never }),
  ],
  ['logger must be an object (got "console")', () => createServer({ logger: "console" as never })],
  [
    "definition must be an object (got undefined)",
    () => createServer().add(undefined as never, {}),
  ],
  [
    "the handlers of test.Work must be an object (got undefined)",
    () => createServer().add(Work, undefined as never),
  ],
  [
    "transport must be an object (got a function)",
    () => createServer().listen("127.0.0.1:0", noop as never),
  ],
])("an argument of another kind is refused: %s", (message, misuse) => {
  expect(misuse).toThrow(new MisuseError("TW_INVALID_OPTION", message));
});

test("an address that is not a string is refused", () => {
  expect(() => createServer().listen(50_051 as never)).toThrow(
    new MisuseError(
      "TW_INVALID_ADDRESS",
      'invalid address 50051; allowed: "127.0.0.1:50051", "[::]:50051", "unix:/path"',
    ),
  );
});
