import { createGate, errorOf } from "@tightwire/testing";
import { expect } from "vitest";
import { expireOnce } from "../expiry.js";
import type { Suite } from "../suite.js";
import { callOnce, KINDS, readAll, responding } from "../test-handlers.js";
import { testMessage } from "../test-messages.js";

const DAY_MS = 86_400_000;

/** Deadlines, idle timeouts and the server's own cap. */
export function deadlines({ test }: Suite): void {
  for (const kind of KINDS) {
    test(`passes during ${kind}: the caller gets it, the handler's signal aborts with it`, async (stage) => {
      const never = createGate();
      const { client, serverBooks } = await stage.open({
        handlers: responding(async (call) => {
          call.signal.addEventListener("abort", () => {
            // The caller's clock may be the first to end it, and all that a network tells then is
            // that it did.
            expect(["deadline_exceeded", "cancelled"]).toContain(
              (call.signal.reason as { code: string }).code,
            );
            stage.log.add("aborted");
          });
          stage.log.add("runs");
          await never.passed;
          return testMessage();
        }),
      });
      const runs = (): boolean => stage.log.entries.includes("runs");
      const error = await expireOnce(runs, (timeoutMs) => callOnce(client, kind, { timeoutMs }));
      expect(error.code).toBe("deadline_exceeded");
      await stage.log.until("aborted");
      never.open();
      expect(serverBooks.codes).not.toContain("ok");
    });

    test(`passes between two responses or requests of ${kind}`, async (stage) => {
      const never = createGate();
      const { client } = await stage.open({
        handlers: {
          unary() {
            stage.log.add("between");
            return never.passed.then(() => testMessage());
          },
          async *serverStream() {
            try {
              yield testMessage({ number: 1n });
              stage.log.add("between");
              await never.passed;
            } finally {
              stage.log.add("handler finished");
            }
          },
          async clientStream(requests) {
            try {
              for await (const _one of requests) stage.log.add("between");
            } finally {
              stage.log.add("handler finished");
            }
            return testMessage();
          },
          async *bidiStream(requests) {
            try {
              for await (const { number } of requests) {
                yield testMessage({ number });
                stage.log.add("between");
              }
            } finally {
              stage.log.add("handler finished");
            }
          },
        },
      });
      async function* requests(): AsyncGenerator<{ number: bigint }> {
        yield { number: 1n };
        await never.passed;
      }
      const call = {
        unary: (timeoutMs: number) => client.unary({}, { timeoutMs }),
        serverStream: (timeoutMs: number) => readAll(client.serverStream({}, { timeoutMs })),
        clientStream: (timeoutMs: number) => client.clientStream(requests(), { timeoutMs }),
        bidiStream: (timeoutMs: number) => readAll(client.bidiStream(requests(), { timeoutMs })),
      }[kind];
      const between = (): boolean => stage.log.entries.includes("between");
      expect(await expireOnce(between, call)).toMatchObject({ code: "deadline_exceeded" });
      never.open();
      if (kind !== "unary") await stage.log.until("handler finished");
    });
  }

  test("30 days, and none at all, reach the server", async (stage) => {
    const left: number[] = [];
    const { client } = await stage.open({
      handlers: responding((call) => {
        left.push(call.timeLeftMs);
        return testMessage();
      }),
    });
    for (const kind of ["serverStream", "clientStream", "bidiStream"] as const) {
      await callOnce(client, kind, { timeoutMs: 30 * DAY_MS });
      expect(left.pop()).toBeGreaterThan(20 * DAY_MS);
      await callOnce(client, kind, { timeoutMs: Number.POSITIVE_INFINITY });
      expect(left.pop()).toBe(Number.POSITIVE_INFINITY);
      await callOnce(client, kind);
      expect(left.pop(), "streams have no default deadline").toBe(Number.POSITIVE_INFINITY);
    }
    // A unary call has the server's own cap besides: twice the default of 10 s.
    for (const timeoutMs of [30 * DAY_MS, Number.POSITIVE_INFINITY]) {
      await callOnce(client, "unary", { timeoutMs });
      expect(left.pop()).toBeLessThanOrEqual(20_000);
    }
  });

  test("the server sees the remaining time: call > channel > contract > default", async (stage) => {
    const left: number[] = [];
    const look = (call: { timeLeftMs: number }): ReturnType<typeof testMessage> => {
      left.push(call.timeLeftMs);
      return testMessage();
    };
    const pair = await stage.open({
      handlers: {
        unary: async (_request, call) => look(call),
        unaryWithTimeout: async (_request, call) => look(call),
      },
    });
    const within = (low: number, high: number): void => {
      const seen = left.pop() ?? Number.NaN;
      expect(seen).toBeGreaterThan(low);
      expect(seen).toBeLessThanOrEqual(high);
    };
    const { client: ofChannel } = stage.channelTo(pair, { timeoutMs: 7_000 });
    await pair.client.unary({});
    within(7_000, 10_001);
    await pair.client.unaryWithTimeout({});
    within(0, 301);
    await ofChannel.unary({});
    within(4_000, 7_001);
    await ofChannel.unaryWithTimeout({});
    within(301, 601); // the channel's 7 s, and the server's own cap of twice 300 ms
    await ofChannel.unary({}, { timeoutMs: 3_000 });
    within(0, 3_001);
  });

  test("a client's deadline cancels a call that the contract gave longer, and the contract's deadline cancels what nothing else limits", async (stage) => {
    const never = createGate();
    const { client } = await stage.open({
      handlers: { unaryWithTimeout: () => never.passed.then(() => testMessage()) },
    });
    expect(await errorOf(client.unaryWithTimeout({}, { timeoutMs: 20 }))).toMatchObject({
      code: "deadline_exceeded",
    });
    expect(await errorOf(client.unaryWithTimeout({}))).toMatchObject({ code: "deadline_exceeded" });
    never.open();
  });

  test("the server's own cap is twice the contract's timeout, and the response says so", async (stage) => {
    const never = createGate();
    const { client } = await stage.open({
      handlers: {
        async unaryWithTimeout(_request, call) {
          call.signal.addEventListener("abort", () => stage.log.add("aborted"));
          await never.passed;
          return testMessage();
        },
      },
    });
    const error = await errorOf(
      client.unaryWithTimeout({}, { timeoutMs: Number.POSITIVE_INFINITY }),
    );
    expect(error).toMatchObject({
      code: "deadline_exceeded",
      origin: "peer",
      message: "the server's own limit of 600 ms for this method passed",
    });
    await stage.log.until("aborted");
    never.open();
  });

  test("the server does not cut a call by the contract's timeout when its client allows more", async (stage) => {
    const { client } = await stage.open({
      handlers: {
        async unaryWithTimeout(_request, call) {
          const start = performance.now();
          while (performance.now() - start < 320)
            await new Promise((resolve) => setTimeout(resolve, 10));
          return testMessage({ text: call.signal.aborted ? "cut" : "whole" });
        },
      },
    });
    expect((await client.unaryWithTimeout({}, { timeoutMs: 5_000 })).text).toBe("whole");
  });

  test("one that is not a positive number of milliseconds throws at once", async (stage) => {
    const { client } = await stage.open();
    for (const timeoutMs of [0, -1, Number.NaN])
      await expect(async () => await client.unary({}, { timeoutMs })).rejects.toThrow(TypeError);
    for (const timeoutMs of [0, -1, Number.NaN])
      expect(() => client.serverStream({}, { timeoutMs })).toThrow(TypeError);
  });

  test("the server's idle timeout fails a silent stream, from the contract", async (stage) => {
    const never = createGate();
    const { client, serverBooks } = await stage.open({
      handlers: {
        async *serverStreamIdle() {
          try {
            yield testMessage();
            stage.log.add("silent");
            await never.passed;
          } finally {
            stage.log.add("finished");
          }
        },
      },
    });
    const error = await errorOf(
      readAll(client.serverStreamIdle({}, { idleTimeoutMs: Number.POSITIVE_INFINITY })),
    );
    expect(error).toMatchObject({ code: "deadline_exceeded", origin: "peer" });
    expect(error.message).toContain("idle timeout");
    never.open();
    await stage.log.until("finished");
    expect(serverBooks.codes).toEqual(["deadline_exceeded"]);
  });

  for (const kind of ["serverStream", "clientStream", "bidiStream"] as const) {
    test(`the client's idle timeout fails a silent ${kind}`, async (stage) => {
      const never = createGate();
      const { client } = await stage.open({
        handlers: responding(async (call) => {
          call.signal.addEventListener("abort", () => stage.log.add("aborted"));
          stage.log.add("runs");
          await never.passed;
          return testMessage();
        }),
      });
      const error = await errorOf(callOnce(client, kind, { idleTimeoutMs: 40 }));
      expect(error).toMatchObject({ code: "deadline_exceeded", origin: "local" });
      expect(error.message).toContain("idle timeout");
      if (stage.log.entries.includes("runs")) await stage.log.until("aborted");
      never.open();
    });
  }

  test("messages keep a stream from being idle", async (stage) => {
    const { client } = await stage.open({
      handlers: {
        async *serverStreamIdle() {
          for (let number = 0n; number < 30n; number++) {
            yield testMessage({ number });
            await new Promise((resolve) => setTimeout(resolve, 10));
          }
        },
      },
    });
    expect(await readAll(client.serverStreamIdle({}))).toHaveLength(30);
  });
}
