import { expect, test, vi } from "vitest";
import { callerOf } from "../caller.test-support.js";
import { createServer } from "../server.js";
import { addHealth, HealthService, HealthStatus } from "./health.js";

const { SERVING, NOT_SERVING, SERVICE_UNKNOWN } = HealthStatus;
const NAME = "grpc.health.v1.Health";

/** A server with health, and a caller of it. */
async function openHealth() {
  const server = createServer();
  addHealth(server);
  return { server, call: await callerOf(server) };
}

async function check(call: Awaited<ReturnType<typeof callerOf>>, service: string) {
  const made = call(HealthService, "check", { service });
  return { end: await made.finished, responses: made.responses };
}

test("check gives the status of the server and of each service", async () => {
  const { server, call } = await openHealth();
  expect(await check(call, "")).toEqual({ end: "ok", responses: [{ status: SERVING }] });
  expect(await check(call, NAME)).toEqual({ end: "ok", responses: [{ status: SERVING }] });
  server.health.set(NAME, "not_serving");
  expect(await check(call, NAME)).toEqual({ end: "ok", responses: [{ status: NOT_SERVING }] });
  expect(await check(call, "")).toEqual({ end: "ok", responses: [{ status: SERVING }] });
});

test("check of an unknown service is NOT_FOUND and names it", async () => {
  const { call } = await openHealth();
  expect(await check(call, "shop.Nothing")).toEqual({
    end: 'not_found: unknown service "shop.Nothing"',
    responses: [],
  });
});

test("list gives the status of the server and of every service", async () => {
  const { server, call } = await openHealth();
  server.health.set(NAME, "not_serving");
  const list = call(HealthService, "list", {});
  expect(await list.finished).toBe("ok");
  expect(list.responses).toEqual([
    { statuses: { "": { status: SERVING }, [NAME]: { status: NOT_SERVING } } },
  ]);
});

test("watch sends the status at once and after each change, never twice; a stop sends NOT_SERVING and finishes it with OK", async () => {
  const { server, call } = await openHealth();
  const watch = call(HealthService, "watch", { service: NAME });
  await vi.waitFor(() => expect(watch.responses).toEqual([{ status: SERVING }]));
  server.health.set(NAME, "serving");
  server.health.set("", "not_serving");
  server.health.set(NAME, "not_serving");
  await vi.waitFor(() =>
    expect(watch.responses).toEqual([{ status: SERVING }, { status: NOT_SERVING }]),
  );
  server.health.set(NAME, "serving");
  await vi.waitFor(() => expect(watch.responses).toHaveLength(3));
  await server.stop({ pauseMs: 0 });
  expect(await watch.finished).toBe("ok");
  expect(watch.responses).toEqual(
    [SERVING, NOT_SERVING, SERVING, NOT_SERVING].map((status) => ({ status })),
  );
});

test("watch of an unknown service sends SERVICE_UNKNOWN, and goes on until the service is known", async () => {
  const { server, call } = await openHealth();
  const watch = call(HealthService, "watch", { service: "shop.Later" });
  await vi.waitFor(() => expect(watch.responses).toEqual([{ status: SERVICE_UNKNOWN }]));
  server.health.set("shop.Later", "serving");
  await vi.waitFor(() =>
    expect(watch.responses).toEqual([{ status: SERVICE_UNKNOWN }, { status: SERVING }]),
  );
  await server.stop({ pauseMs: 0 });
  expect(await watch.finished).toBe("ok");
});

test("a watch that is cancelled removes its listener", async () => {
  const { server, call } = await openHealth();
  const unwatched = vi.fn();
  const { watch } = server.health;
  vi.spyOn(server.health, "watch").mockImplementation((service, listener) => {
    const unwatch = watch(service, listener);
    return () => {
      unwatched(service);
      unwatch();
    };
  });
  const left = call(HealthService, "watch", { service: NAME });
  await vi.waitFor(() => expect(left.responses).toHaveLength(1));
  left.cancel();
  await vi.waitFor(() => expect(unwatched.mock.calls).toEqual([[NAME]]));
});

test("listeners that throw or reject are reported; the others hear the change", async () => {
  const error = vi.fn();
  const quiet = (): void => {};
  const server = createServer({ logger: { debug: quiet, info: quiet, warn: quiet, error } });
  const heard: string[] = [];
  server.health.watch("", () => {
    throw new Error("boom");
  });
  server.health.watch("", (() => Promise.reject(new Error("boom"))) as () => void);
  server.health.watch("", (status) => heard.push(status));
  server.health.set("", "not_serving");
  await new Promise(setImmediate);
  expect(heard).toEqual(["not_serving"]);
  expect(error.mock.calls.map(([, message]) => message)).toEqual([
    "a health listener threw",
    "a health listener threw",
  ]);
  expect(() => server.health.watch("", undefined as never)).toThrow(
    "listener must be a function (got undefined)",
  );
  await server.stop({ pauseMs: 0 });
});

test("once the server stops, no service serves again", async () => {
  const { server } = await openHealth();
  await server.stop({ pauseMs: 0 });
  server.health.set(NAME, "serving");
  expect([server.health.get(""), server.health.get(NAME)]).toEqual(["not_serving", "not_serving"]);
});

test("watch has no idle timeout", () => {
  expect(HealthService.methods["watch"]?.policy.idleTimeoutMs).toBe(Number.POSITIVE_INFINITY);
});
