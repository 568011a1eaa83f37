import type {
  Codec,
  MethodDefinition,
  MethodKind,
  ServerCall,
  ServiceDefinition,
} from "@tightwire/core";
import type { Listener, ServerTransport } from "@tightwire/core/runtime";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Caller, callerOf } from "./caller.test-support.js";
import { addHealth, HealthService, HealthStatus } from "./health.js";
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

let log: string[];

beforeEach(() => {
  log = [];
  vi.useFakeTimers();
});

afterEach(() => void vi.useRealTimers());

/** Runs what is due, and all that follows from it at once. */
const passMs = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

/** A listener that only notes what it is told. */
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
 * A server at work: `once` ends when `finish` is called, `many` when it is told that the server
 * drains.
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
      const told = new Promise((resolve) => call.draining.addEventListener("abort", resolve));
      yield "first";
      await told;
      log.push("stream told");
      yield "last";
    },
  });
  addHealth(server);
  await server.listen("noting:", noting);
  return { server, call: await callerOf(server), finish };
}

test("a stop reports NOT_SERVING, pauses, drains, tells streams to end and waits for the calls in flight, in this order", async () => {
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
  expect([await paused.ended, log]).toEqual(["ok", []]);
  await passMs(1);
  expect(log).toEqual(["drain within 4700 ms", "stream told"]);
  expect([await stream.ended, stream.responses]).toEqual(["ok", ["first", "last"]]);
  expect(await watch.ended).toBe("ok");
  const late = call(Work, "once", {});
  await passMs(0);
  expect(await late.ended).toBe("unavailable: the server is shutting down");
  finish();
  await passMs(0);
  await stopped;
  expect([await inFlight.ended, inFlight.responses]).toEqual(["ok", [{ long: true }]]);
  expect(log).toEqual(["drain within 4700 ms", "stream told", "stopped"]);
});

test("what is left when the grace period is over, the pause included, is ended by force", async () => {
  const { server, call } = await openServer();
  const inFlight = call(Work, "once", { long: true });
  await passMs(0);
  const stopped = server.stop({ pauseMs: 300, graceMs: 1_000 }).then(() => log.push("stopped"));
  await passMs(999);
  expect(log).toEqual(["drain within 700 ms"]);
  await passMs(1);
  await stopped;
  expect(log).toEqual(["drain within 700 ms", "call aborted", "stopped"]);
  expect(await inFlight.ended).toBe("unavailable: the server is shutting down");
});

test("a pause longer than the grace period is cut to it", async () => {
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

test("what is added twice, too late or in part is refused with the names", async () => {
  const handlers = { once: () => Promise.resolve({}), async *many() {} };
  const server = createServer().add(Work, handlers);
  expect(() => server.add(Work, handlers)).toThrow(new TypeError("test.Work was added twice"));
  expect(() => createServer().add(Work, { ...handlers, once: undefined as never })).toThrow(
    new TypeError("test.Work has no handler for once"),
  );
  await server.listen("noting:", noting);
  expect(() => addHealth(server)).toThrow(
    /^grpc\.health\.v1\.Health was added after the server began to listen/,
  );
});
