import type { Listener, ServerTransport } from "@tightwire/core/runtime";
import { expect, onTestFinished, test, vi } from "vitest";
import { serve } from "./serve.js";
import { createServer } from "./server.js";

/** A transport whose listener drains when it is closed, or at once, and notes what it is told. */
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

test("adds health and both reflections, unless told not to, and tells the address that it listens at", async () => {
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

test("the first signal stops it, and stopped resolves when it has", async () => {
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

test("a second signal ends at once what still drains", async () => {
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

test("hears SIGTERM and SIGINT by default, until it has stopped, also when code stops it", async () => {
  const counts = () => [process.listenerCount("SIGTERM"), process.listenerCount("SIGINT")];
  const before = counts();
  const { transport } = notingTransport({ drainsAtOnce: true });
  const { stop, stopped } = await serve(createServer(), { address: "here", transport });
  expect(counts()).toEqual(before.map((count) => count + 1));
  await stop({ pauseMs: 0 });
  await stopped;
  expect(counts()).toEqual(before);
});

test("stops with the options that it was given, and with those of stop() before them", async () => {
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

test("an option that it does not know is refused before anything is added", async () => {
  const server = createServer();
  const misspelt = { address: "here", signal: [SIGNAL] } as never;
  await expect(serve(server, misspelt)).rejects.toThrow(
    /unknown option of serve: "signal"; allowed: .*signals/,
  );
  expect(services(server)).toEqual([]);
});

test("without a transport it listens with the wire, and an address in use is one sentence and no listener for signals", async () => {
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
  await expect(second).rejects.toThrow(new Error(`${first.address} is in use`));
  expect(process.listenerCount(SIGNAL)).toBe(before);
});
