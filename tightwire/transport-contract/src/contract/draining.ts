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
    test(`a ${kind} goes on in the grace period, whether its handler asks for draining or not`, async (stage) => {
      const gate = createGate();
      const { client, server } = await stage.open({
        handlers: responding(async (call, [request]) => {
          if (request?.text === "asks")
            call.draining.addEventListener("abort", () => stage.log.add("told"));
          stage.log.add(`${request?.text} runs`);
          await gate.passed;
          return testMessage({ text: call.signal.aborted ? "cut" : "went on" });
        }),
      });
      const calls = ["asks", "does not ask"].map((text) => callOnce(client, kind, {}, { text }));
      await stage.log.until("asks runs");
      await stage.log.until("does not ask runs");
      const stopped = server.stop({ pauseMs: 0, graceMs: 5_000 });
      await stage.log.until("told");
      gate.open();
      expect((await Promise.all(calls)).flat().map(({ text }) => text)).toEqual([
        "went on",
        "went on",
      ]);
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

    for (const asks of [true, false]) {
      test(`a ${kind} that ${asks ? "goes on in spite of draining" : "does not ask for draining"} is finished with UNAVAILABLE after the grace period`, async (stage) => {
        const over = createGate();
        const { client, server, serverBooks } = await stage.open({
          handlers: responding(async (call) => {
            if (asks) call.draining.addEventListener("abort", () => stage.log.add("told"));
            call.signal.addEventListener("abort", () => stage.log.add("aborted"));
            stage.log.add("runs");
            await over.passed;
            return testMessage();
          }),
        });
        const call = errorOf(callOnce(client, kind));
        await stage.log.until("runs");
        await server.stop({ pauseMs: 0, graceMs: 80 });
        expect(await call).toMatchObject({
          code: "unavailable",
          message: expect.stringContaining("the server is shutting down"),
        });
        await stage.log.until("aborted");
        expect(stage.log.entries).toEqual(asks ? ["runs", "told", "aborted"] : ["runs", "aborted"]);
        expect(serverBooks.codes).toEqual(["unavailable"]);
        over.open();
      });
    }
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
    await expect(async () => await server.listen("127.0.0.1:0")).rejects.toThrow("stopped");
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
