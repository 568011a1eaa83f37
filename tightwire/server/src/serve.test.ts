import { MisuseError, StartError } from "@tightwire/core";
import type { Listener, ServerTransport } from "@tightwire/core/runtime";
import { expect, onTestFinished, test, vi } from "vitest";
import { serve } from "./serve.js";
import { createServer } from "./server.js";

/** A transport whose listener logs its calls, and has drained at once or when it is closed. */
function notingTransport({ drainsAtOnce }: { drainsAtOnce: boolean }) {
  const log: string[] = [];
  const transport: ServerTransport = {
    name: "noting",
    capabilities: { compressRequests: false, compressResponses: false, knowsOutcome: true },
    listen(address): Promise<Listener> {
      let drained = (): void => {};
      return Promise.resolve({
        address: `${address} bound`,
        drain() {
          log.push("drain");
          return new Promise((resolve) => {
            drained = resolve;
            if (drainsAtOnce) resolve();
          });
        },
        closeNow() {
          log.push("closeNow");
          drained();
          return Promise.resolve();
        },
      });
    },
  };
  return { log, transport };
}

const SIGNAL = "SIGUSR2";
const services = (server: ReturnType<typeof createServer>): string[] =>
  server.services.map(({ name }) => name);

test("adds health and both reflections unless they are turned off, and gives the address where it listens", async () => {
  const { transport } = notingTransport({ drainsAtOnce: true });
  const all = createServer();
  const served = await serve(all, { address: "here", transport, signals: [] });
  expect(served.address).toBe("here bound");
  expect(services(all)).toEqual([
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
  ]);
  const none = createServer();
  const quiet = await serve(none, {
    address: "here",
    transport,
    signals: [],
    health: false,
    reflection: false,
  });
  expect(services(none)).toEqual([]);
  await Promise.all([served.stop({ pauseMs: 0 }), quiet.stop({ pauseMs: 0 })]);
});

test("the first signal stops the server, and stopped resolves after that", async () => {
  const { log, transport } = notingTransport({ drainsAtOnce: true });
  const before = process.listenerCount(SIGNAL);
  const server = createServer();
  const { stopped } = await serve(server, {
    address: "here",
    transport,
    signals: [SIGNAL],
    pauseMs: 0,
  });
  expect(process.listenerCount(SIGNAL)).toBe(before + 1);
  process.emit(SIGNAL, SIGNAL);
  expect(server.health.get("")).toBe("not_serving");
  await stopped;
  expect(log).toEqual(["drain"]);
  expect(process.listenerCount(SIGNAL)).toBe(before);
});

test("a second signal closes at once what still drains", async () => {
  const { log, transport } = notingTransport({ drainsAtOnce: false });
  const { stopped } = await serve(createServer(), {
    address: "here",
    transport,
    signals: [SIGNAL],
    pauseMs: 0,
  });
  process.emit(SIGNAL, SIGNAL);
  await vi.waitFor(() => expect(log).toEqual(["drain"]));
  process.emit(SIGNAL, SIGNAL);
  await stopped;
  expect(log).toEqual(["drain", "closeNow"]);
});

test("listens to SIGTERM and SIGINT by default until it has stopped, also when code stops it", async () => {
  const counts = () => [process.listenerCount("SIGTERM"), process.listenerCount("SIGINT")];
  const before = counts();
  const { transport } = notingTransport({ drainsAtOnce: true });
  const { stop, stopped } = await serve(createServer(), { address: "here", transport });
  expect(counts()).toEqual(before.map((count) => count + 1));
  await stop({ pauseMs: 0 });
  await stopped;
  expect(counts()).toEqual(before);
});

test("stops with its own options, unless stop() is given others", async () => {
  const { transport } = notingTransport({ drainsAtOnce: true });
  for (const [given, expected] of [
    [{}, { pauseMs: 1, graceMs: 2 }],
    [{ graceMs: 3 }, { pauseMs: 1, graceMs: 3 }],
  ]) {
    const server = createServer();
    const stop = vi.spyOn(server, "stop");
    const served = await serve(server, {
      address: "here",
      transport,
      signals: [],
      pauseMs: 1,
      graceMs: 2,
    });
    await served.stop(given);
    expect(stop.mock.calls).toEqual([[expected]]);
  }
});

test("an unknown option is refused before anything is added", async () => {
  const server = createServer();
  const misspelt = { address: "here", signal: [SIGNAL] } as never;
  await expect(serve(server, misspelt)).rejects.toThrow(
    /unknown option of serve: "signal"; allowed: .*signals/,
  );
  expect(services(server)).toEqual([]);
});

test("a server that could not listen can be served again, with health and reflection once", async () => {
  const { transport } = notingTransport({ drainsAtOnce: true });
  const server = createServer();
  const busy = { ...transport, listen: () => Promise.reject(new Error("in use")) };
  const options = { address: "here", signals: [] };
  await expect(serve(server, { ...options, transport: busy })).rejects.toThrow("in use");
  const served = await serve(server, { ...options, transport });
  expect(served.address).toBe("here bound");
  expect(services(server)).toEqual([
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
  ]);
  await served.stop({ pauseMs: 0 });
});

test("the same on a real port: tried again where it was in use, it listens elsewhere", async () => {
  const first = await serve(createServer(), { address: "127.0.0.1:0", signals: [] });
  onTestFinished(() => first.stop({ pauseMs: 0 }));
  const server = createServer();
  const again = { address: first.address, signals: [] };
  await expect(serve(server, again)).rejects.toThrow(/is in use/);
  const second = await serve(server, { address: "127.0.0.1:0", signals: [] });
  onTestFinished(() => second.stop({ pauseMs: 0 }));
  expect(second.address).toMatch(/^127\.0\.0\.1:\d+$/);
});

test.each<[string, object]>([
  ['invalid address undefined; allowed: "127.0.0.1:50051", "[::]:50051", "unix:/path"', {}],
  ["transport must be an object (got a function)", { address: "here", transport: () => {} }],
  ['health must be a boolean (got "no")', { address: "here", health: "no" }],
  ["reflection must be a boolean (got 0)", { address: "here", reflection: 0 }],
  ['signals must be an array (got "SIGTERM")', { address: "here", signals: "SIGTERM" }],
  ["signals[0] must be a string (got 15)", { address: "here", signals: [15] }],
  [
    "transport must be an object with the methods listen; it has no listen",
    { address: "here", transport: {} },
  ],
])("%s", async (message, options) => {
  const server = createServer();
  const served = serve(server, options as never);
  await expect(served).rejects.toThrow(message);
  await expect(served).rejects.toBeInstanceOf(MisuseError);
  expect(services(server)).toEqual([]);
});

test("the server and the options of serve must be objects", async () => {
  const address = "127.0.0.1:0";
  await expect(serve(undefined as never, { address })).rejects.toThrow(
    new MisuseError("TW_INVALID_OPTION", "server must be an object (got undefined)"),
  );
  await expect(serve({} as never, { address })).rejects.toThrow(
    new MisuseError(
      "TW_INVALID_OPTION",
      "server must be an object with the methods add, listen, stop, stopNow; it has no add",
    ),
  );
  await expect(serve(createServer(), undefined as never)).rejects.toThrow(
    new MisuseError("TW_INVALID_OPTION", "the options of serve must be an object (got undefined)"),
  );
  await expect(serve(createServer(), "127.0.0.1:0" as never)).rejects.toThrow(
    new MisuseError(
      "TW_INVALID_OPTION",
      'the options of serve must be an object (got "127.0.0.1:0")',
    ),
  );
});

test("the default transport is the wire; for an address in use it rejects with one sentence and leaves no listener for signals", async () => {
  const info = vi.fn();
  const server = createServer({ logger: { debug() {}, info, warn() {}, error() {} } });
  const first = await serve(server, { address: "127.0.0.1:0", signals: [] });
  expect(info.mock.calls[0]).toMatchObject([
    { address: first.address, transport: "wire" },
    "listening",
  ]);
  onTestFinished(() => first.stop({ pauseMs: 0 }));
  expect(first.address).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);
  const before = process.listenerCount(SIGNAL);
  const second = serve(createServer(), { address: first.address, signals: [SIGNAL] });
  await expect(second).rejects.toThrow(
    new StartError("TW_ADDRESS_IN_USE", `${first.address} is in use`),
  );
  expect(process.listenerCount(SIGNAL)).toBe(before);
});
