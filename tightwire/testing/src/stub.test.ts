import type { ServerCall } from "@tightwire/core";
import { HealthService, HealthStatus } from "@tightwire/server";
import { expect, onTestFinished, test } from "vitest";
import { errorOf } from "./call-error.js";
import { createRandom } from "./random.js";
import { createStub } from "./stub.js";
import { createVirtualClock } from "./virtual-clock.js";

test("calls the handlers that a test gives, over a real client and server", async () => {
  let identity: string | undefined;
  const stub = createStub(
    HealthService,
    {
      check({ service }, call: ServerCall) {
        identity = call.peer.identity;
        return Promise.resolve({
          status: service === "up" ? HealthStatus.SERVING : HealthStatus.NOT_SERVING,
        });
      },
    },
    { identity: "tester" },
  );
  onTestFinished(() => stub.close());
  expect(await stub.client.check({ service: "up" })).toEqual({ status: HealthStatus.SERVING });
  expect(await stub.client.check({})).toEqual({ status: HealthStatus.NOT_SERVING });
  expect(identity).toBe("tester");
});

test("a method without a handler fails with UNIMPLEMENTED, which names it", async () => {
  const stub = createStub(HealthService, {});
  onTestFinished(() => stub.close());
  expect(await errorOf(stub.client.check({}))).toMatchObject({
    code: "unimplemented",
    message: expect.stringContaining("has no handler for check"),
  });
  const read = async (): Promise<void> => {
    for await (const _ of stub.client.watch({}));
  };
  expect(await errorOf(read())).toMatchObject({ code: "unimplemented" });
});

test("a deadline passes in virtual time", async () => {
  const clock = createVirtualClock();
  const stub = createStub(
    HealthService,
    { check: () => new Promise(() => {}) },
    { clock, random: createRandom(1) },
  );
  onTestFinished(() => stub.close());
  const failing = errorOf(stub.client.check({}, { timeoutMs: 60_000 }));
  clock.advance(59_999);
  expect(clock.timers).toBeGreaterThan(0);
  clock.advance(1);
  expect((await failing).code).toBe("deadline_exceeded");
});

test("a stub that was closed fails its calls", async () => {
  const stub = createStub(HealthService, { check: () => new Promise(() => {}) });
  const failing = errorOf(stub.client.check({}));
  await stub.close();
  expect((await failing).code).toBe("cancelled");
  expect((await errorOf(stub.client.check({}))).code).toBe("cancelled");
});
