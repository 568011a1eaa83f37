import { createGate, errorOf, eventually } from "@tightwire/testing";
import { expect } from "vitest";
import type { Suite } from "../suite.js";
import { callOnce, responding } from "../test-handlers.js";
import { testMessage } from "../test-messages.js";

/** How a server stops. */
export function draining({ test, subject }: Suite): void {
  test("unary calls in flight finish with OK, and new ones are refused", async (stage) => {
    const gate = createGate();
    const { client, server, serverBooks } = await stage.open({
      handlers: {
        async unary({ text }) {
          stage.log.add(text);
          await gate.passed;
          return testMessage({ text });
        },
      },
    });
    const calls = Array.from({ length: 20 }, (_, index) =>
      client.unary({ text: `in flight ${index}` }),
    );
    await eventually(() => expect(stage.log.entries).toHaveLength(20));
    const stopped = server.stop({ pauseMs: 0, graceMs: 5_000 });
    await eventually(async () => {
      const error = await errorOf(client.unary({ text: "late" }, { timeoutMs: 200 }));
      expect(error).toMatchObject({ code: "unavailable", outcome: "not-processed" });
    });
    gate.open();
    expect((await Promise.all(calls)).map(({ text }) => text)).toEqual(
      Array.from({ length: 20 }, (_, index) => `in flight ${index}`),
    );
    await stopped;
    expect(serverBooks.codes.filter((code) => code === "ok").length).toBeGreaterThanOrEqual(20);
    expect(await errorOf(client.unary({}))).toMatchObject({
      code: "unavailable",
      outcome: "not-processed",
    });
  });

  for (const kind of ["serverStream", "clientStream", "bidiStream"] as const) {
    test(`a ${kind} whose handler does not ask fails at once with UNAVAILABLE`, async (stage) => {
      const over = createGate();
      const { client, server } = await stage.open({
        handlers: responding(async (call) => {
          call.signal.addEventListener("abort", () => stage.log.add("aborted"));
          stage.log.add("runs");
          await over.passed;
          return testMessage();
        }),
      });
      const call = errorOf(callOnce(client, kind));
      await stage.log.until("runs");
      const stopped = server.stop({ pauseMs: 0, graceMs: 5_000 });
      const error = await call;
      expect(error).toMatchObject({ code: "unavailable", origin: "peer" });
      expect(error.message).toContain("shutting down");
      await stage.log.until("aborted");
      over.open();
      await stopped;
    });

    test(`a ${kind} whose handler listens to draining finishes by itself`, async (stage) => {
      const { client, server } = await stage.open({
        handlers: responding(async (call) => {
          const told = new Promise((resolve) => call.draining.addEventListener("abort", resolve));
          stage.log.add("runs");
          await told;
          stage.log.add(call.signal.aborted ? "cut" : "told");
          return testMessage({ text: "my last words" });
        }),
      });
      const call = callOnce(client, kind);
      await stage.log.until("runs");
      await server.stop({ pauseMs: 0, graceMs: 5_000 });
      expect((await call)[0]?.text).toBe("my last words");
      expect(stage.log.entries).toEqual(["runs", "told"]);
    });

    test(`a ${kind} that goes on in spite of draining is cancelled within the grace period`, async (stage) => {
      const over = createGate();
      const { client, server } = await stage.open({
        handlers: responding(async (call) => {
          call.draining.addEventListener("abort", () => stage.log.add("told"));
          call.signal.addEventListener("abort", () => stage.log.add("aborted"));
          stage.log.add("runs");
          await over.passed;
          return testMessage();
        }),
      });
      const call = errorOf(callOnce(client, kind));
      await stage.log.until("runs");
      await server.stop({ pauseMs: 0, graceMs: 80 });
      expect((await call).code).toBe("unavailable");
      await stage.log.until("aborted");
      expect(stage.log.entries).toEqual(["runs", "told", "aborted"]);
      over.open();
    });
  }

  test("calls that never finish are cancelled, and their handlers told", async (stage) => {
    const over = createGate();
    const { client, server } = await stage.open({
      handlers: {
        async unary(_request, call) {
          call.signal.addEventListener("abort", () => stage.log.add("aborted"));
          stage.log.add("runs");
          await over.passed;
          return testMessage();
        },
      },
    });
    const call = errorOf(client.unary({}));
    await stage.log.until("runs");
    await server.stop({ pauseMs: 0, graceMs: 60 });
    const error = await call;
    expect(error.code).toBe("unavailable");
    expect(error.outcome).toBe("unknown");
    await stage.log.until("aborted");
    over.open();
  });

  test("a second stop is the first one, and a stopped server listens no more", async (stage) => {
    const { server, client } = await stage.open({ handlers: responding(() => testMessage()) });
    await callOnce(client, "unary");
    const first = server.stop({ pauseMs: 0 });
    expect(server.stop()).toBe(first);
    await first;
    await expect(async () => await subject.listen(server)).rejects.toThrow("stopped");
  });

  test("a stop while idle connections stand does not wait for them", async (stage) => {
    const pair = await stage.open({ handlers: responding(() => testMessage()) });
    for (let count = 0; count < 3; count++) await callOnce(stage.channelTo(pair).client, "unary");
    await pair.server.stop({ pauseMs: 0, graceMs: 60_000 });
  });

  test("a stop under load: every call finished with OK, or says that it was not processed or that nobody knows", async (stage) => {
    let handled = 0;
    const pair = await stage.open({
      handlers: {
        async unary() {
          await new Promise((resolve) => setTimeout(resolve, 1));
          handled++;
          return testMessage();
        },
      },
    });
    const ends: Record<string, number> = {};
    let stopping = false;
    async function callOn(): Promise<void> {
      for (let after = 0; after < 3; ) {
        const end = await pair.client.unary({}).then(
          () => "ok",
          (error: { code: string; outcome: string }) => `${error.code} ${error.outcome}`,
        );
        ends[end] = (ends[end] ?? 0) + 1;
        if (stopping && end !== "ok") after++;
      }
    }
    const callers = Array.from({ length: 50 }, callOn);
    await eventually(() => expect(handled).toBeGreaterThan(500));
    stopping = true;
    await pair.server.stop({ pauseMs: 20, graceMs: 5_000 });
    await Promise.all(callers);
    const {
      ok = 0,
      "unavailable not-processed": refused = 0,
      "unavailable unknown": unknown = 0,
      ...others
    } = ends;
    expect(others).toEqual({});
    expect(refused).toBeGreaterThan(0);
    if (subject.capabilities.knowsOutcome) {
      expect(unknown).toBe(0);
      expect(handled).toBe(ok);
    } else {
      // What got a response but never heard of is among the unknown.
      expect(handled - ok).toBeGreaterThanOrEqual(0);
      expect(handled - ok).toBeLessThanOrEqual(unknown);
      console.info(
        `${subject.name}: stop under load: ${ok} ok, ${refused} not processed, ${unknown} unknown`,
      );
    }
  });
}
