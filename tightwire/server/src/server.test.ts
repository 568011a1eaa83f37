import {
  type Codec,
  type MethodDefinition,
  type MethodKind,
  MisuseError,
  RpcError,
  type ServerCall,
  type ServiceDefinition,
} from "@tightwire/core";
import type { Listener, ServerTransport } from "@tightwire/core/runtime";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { type Caller, callerOf } from "./caller.test-support.js";
import { addHealth, HealthService, HealthStatus } from "./health/health.js";
import { inProcess } from "./in-process/transport.js";
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
const boom = (): never => {
  throw new Error("boom");
};

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

test("a stream goes on until the grace period has passed, though its handler does not read draining", async () => {
  let cancelled: unknown;
  const server = createServer().add(Work, {
    once: () => Promise.resolve({}),
    async *many(_request, call) {
      yield "first";
      await new Promise((resolve) => call.signal.addEventListener("abort", resolve));
      cancelled = call.signal.reason;
    },
  });
  const call = await callerOf(server);
  const stream = call(Work, "many", {});
  await passMs(0);
  const stopped = server.stop({ pauseMs: 250, graceMs: 10_000 });
  await passMs(9_999);
  expect([stream.responses, cancelled]).toEqual([["first"], undefined]);
  await passMs(1);
  await stopped;
  expect(await stream.finished).toBe("unavailable: the server is shutting down");
  expect(cancelled).toMatchObject({ code: "unavailable", message: "the server is shutting down" });
});

test("stopNow finishes streams at once", async () => {
  const { server, call } = await openServer();
  const stream = call(Work, "many", {});
  await passMs(0);
  await server.stopNow();
  expect(await stream.finished).toBe("unavailable: the server is shutting down");
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

test("a listener that throws when it drains or closes does not make the stop reject", async () => {
  const { server } = await openServer();
  const listener = await server.listen("broken:", noting);
  vi.spyOn(listener, "drain").mockImplementation(boom);
  vi.spyOn(listener, "closeNow").mockImplementation(boom);
  await expect(server.stopNow()).resolves.toBeUndefined();
});

test("a logger that throws keeps a server from nothing", async () => {
  const printed = vi.spyOn(console, "error").mockReturnValue();
  onTestFinished(() => printed.mockRestore());
  const server = createServer({ logger: { debug: boom, info: boom, warn: boom, error: boom } });
  server.add(Work, { once: async () => "ok", async *many() {} });
  await server.listen("noting:", noting);
  const call = await callerOf(server);
  const made = call(Work, "once", {});
  await passMs(0);
  expect([await made.finished, made.responses]).toEqual(["ok", ["ok"]]);
  const stopped = server.stop({ pauseMs: 0 });
  await passMs(0);
  await stopped;
  expect(printed.mock.calls.map(([text]) => text)).toContain(
    "tightwire: the logger of listening threw:",
  );
});

test("a server that could not listen takes services, and can be tried again", async () => {
  const server = createServer().add(Work, { once: async () => "ok", async *many() {} });
  const failing = [
    { ...noting, listen: () => Promise.reject(new Error("in use")) },
    { ...noting, listen: () => boom() },
  ];
  for (const transport of failing)
    await expect(server.listen("noting:", transport)).rejects.toThrow(/in use|boom/);
  addHealth(server);
  expect((await server.listen("noting:", noting)).address).toBe("noting:");
  await expect(server.listen("noting:", failing[0])).rejects.toThrow("in use");
  expect(() => server.add(HealthService, {} as never)).toThrow(/already listens/);
});

test("a server that is stopped while it begins to listen does not listen", async () => {
  let listens = (_listener: Listener): void => {};
  const slow: ServerTransport = {
    ...noting,
    listen: () => new Promise((resolve) => (listens = resolve)),
  };
  const server = createServer();
  const listening = server.listen("slow:", slow);
  const stopped = server.stop({ pauseMs: 0 });
  await passMs(0);
  await stopped;
  const listener = await noting.listen("slow:", undefined as never);
  const closed = vi.spyOn(listener, "closeNow");
  listens(listener);
  await expect(listening).rejects.toMatchObject({ code: "TW_STOPPED" });
  expect(closed).toHaveBeenCalledOnce();
});

test("an unexpected error is printed on stderr once, with its id, method, stack and cause", async () => {
  const printed = vi.spyOn(console, "error").mockReturnValue();
  onTestFinished(() => printed.mockRestore());
  const throws = () => {
    throw new TypeError("no such row", { cause: new Error("the connection is gone") });
  };
  const hears: unknown[] = [];
  const failed = (...heard: unknown[]): void => void hears.push(heard);
  const observer = { started: () => ({ failed, finished() {} }) };
  const handlers = { once: throws, many: throws } as never;
  const call = await callerOf(createServer({ observers: [observer] }).add(Work, handlers));
  for (const localName of ["once", "many"] as const) {
    const made = call(Work, localName, {});
    await passMs(0);
    const id = /^internal: internal error \(id (\w+)\)$/.exec(await made.finished)?.[1];
    expect(printed).toHaveBeenCalledOnce();
    const [text] = printed.mock.calls[0] as [string];
    const path = Work.methods[localName]?.path;
    expect(text).toContain(`tightwire: handler of ${path} failed (id ${id}):`);
    expect(text).toMatch(/TypeError: no such row\n {4}at .*server\.test\.ts/);
    expect(text).toMatch(/caused by: Error: the connection is gone\n {4}at /);
    printed.mockClear();
  }
  expect(hears).toHaveLength(2);
});

test("with a logger an unexpected error is one line, and nothing is printed", async () => {
  const printed = vi.spyOn(console, "error").mockReturnValue();
  onTestFinished(() => printed.mockRestore());
  const error = vi.fn();
  const server = createServer({ logger: { debug: noop, info: noop, warn: noop, error } });
  const call = await callerOf(server.add(Work, { once: boom, many: boom }));
  const made = call(Work, "once", {});
  await passMs(0);
  const id = /\(id (\w+)\)$/.exec(await made.finished)?.[1];
  expect(error.mock.calls).toEqual([
    [expect.objectContaining({ errorId: id, method: "/test.Work/Once" }), "handler failed"],
  ]);
  expect(printed).not.toHaveBeenCalled();
});

test("the error of an outgoing call that has a cause is logged with it, under the caller's id", async () => {
  const error = vi.fn();
  const server = createServer({ logger: { debug: noop, info: noop, warn: noop, error } });
  const cause = new TypeError("undefined is not a token");
  const once = (): never => {
    throw new RpcError("unknown", cause.message, { cause, call: "/other.Service/Get" });
  };
  const call = await callerOf(server.add(Work, { once, many: once }));
  const made = call(Work, "once", {});
  await passMs(0);
  const finished = await made.finished;
  expect(finished).toMatch(/^internal: internal error \(id \w+\)$/);
  expect(error).toHaveBeenCalledOnce();
  expect(error.mock.calls[0]?.[0]).toMatchObject({
    errorId: /id (\w+)/.exec(finished)?.[1],
    err: { message: cause.message, cause: { type: "TypeError", message: cause.message } },
  });
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
  ["the options of createServer must be an object (got null)", () => createServer(null as never)],
  ["observers must be an array (got a function)", () => createServer({ observers: noop as never })],
  [
    "observers[0] must be an object with the methods started; it has no started",
    () => createServer({ observers: [{}] as never }),
  ],
  [
    "observers[0] must be an object (got undefined)",
    () => createServer({ observers: [undefined] as never }),
  ],
  [
    "logger must be an object with the methods debug, info, warn, error; it has no debug",
    () => createServer({ logger: {} as never }),
  ],
  [
    "clock must be an object with the methods now, wallTime, schedule, setTimer, setBackgroundTimer, nextTick, nextTurn, offload; it has no now",
    () => createServer({ clock: {} as never }),
  ],
  [
    "random must be an object with the methods next, hex; it has no hex",
    () => createServer({ random: { next: () => 0 } as never }),
  ],
  [
    "definition.name must be a string (got undefined)",
    () => createServer().add({} as never, {} as never),
  ],
  [
    "definition.methods must be an object (got undefined)",
    () => createServer().add({ name: "test.Work" } as never, {} as never),
  ],
  [
    "the options of add(test.Work) must be an object (got null)",
    () => createServer().add(Work, { once: boom, many: boom }, null as never),
  ],
  ["the options of stop must be an object (got 5)", () => createServer().stop(5 as never)],
  [
    "transport must be an object with the methods listen; it has no listen",
    () => createServer().listen("127.0.0.1:0", {} as never),
  ],
  ["server must be an object (got undefined)", () => inProcess(undefined as never)],
  [
    "server must be an object with the methods listen; it has no listen",
    () => inProcess({} as never),
  ],
  [
    "the options of inProcess must be an object (got null)",
    () => inProcess(createServer(), null as never),
  ],
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
