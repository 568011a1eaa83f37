import { RpcError } from "@tightwire/core";
import { createGate, errorOf, eventually } from "@tightwire/testing";
import { expect } from "vitest";
import type { Suite } from "../suite.js";
import { callOnce, KINDS, readAll, responding } from "../test-handlers.js";
import { testMessage } from "../test-messages.js";

/** Many calls at once. */
export function load({ test }: Suite): void {
  test("1,000 unary calls at once, each with its own response", async (stage) => {
    const gate = createGate();
    let running = 0;
    const { client, serverBooks } = await stage.open({
      handlers: {
        async unary({ number, text }) {
          running++;
          await gate.passed;
          return testMessage({ number: number + 1n, text });
        },
      },
    });
    const calls = Array.from({ length: 1_000 }, (_, index) =>
      client.unary({ number: BigInt(index), text: `${index}` }, { timeoutMs: 60_000 }),
    );
    await eventually(() => expect(running).toBe(1_000));
    gate.open();
    const responses = await Promise.all(calls);
    expect(
      responses.every(
        ({ number, text }, index) => number === BigInt(index + 1) && text === `${index}`,
      ),
    ).toBe(true);
    expect(serverBooks.calls).toHaveLength(1_000);
  });

  test("200 streams at once, interleaved", async (stage) => {
    const { client } = await stage.open({
      handlers: {
        async *bidiStream(requests) {
          for await (const { number, text } of requests) yield testMessage({ number, text });
        },
      },
    });
    const numbers = Array.from({ length: 20 }, (_, index) => BigInt(index));
    const streams = Array.from({ length: 200 }, async (_, id) => {
      const responses = await readAll(
        client.bidiStream(numbers.map((number) => ({ number, text: `${id}` }))),
      );
      return (
        responses.every(
          ({ number, text }, index) => number === BigInt(index) && text === `${id}`,
        ) && responses.length === 20
      );
    });
    expect((await Promise.all(streams)).every(Boolean)).toBe(true);
  });

  test("500 calls of which some finish with OK, some fail and some are cancelled, all at once", async (stage) => {
    const { client, clientBooks } = await stage.open({
      handlers: responding(async (_call, [request]) => {
        await new Promise((resolve) => setImmediate(resolve));
        if ((request?.number ?? 0n) % 3n === 1n)
          throw new RpcError("aborted", `${request?.number}`);
        return testMessage({ number: request?.number ?? 0n });
      }),
    });
    const calls = Array.from({ length: 500 }, async (_, index) => {
      const kind = KINDS[index % 4] ?? "unary";
      const stop = new AbortController();
      const call = callOnce(client, kind, { signal: stop.signal }, { number: BigInt(index) });
      if (index % 3 === 2) {
        stop.abort();
        return (await errorOf(call)).code === "cancelled";
      }
      if (index % 3 === 1) return (await errorOf(call)).message === `${index}`;
      return (await call)[0]?.number === BigInt(index);
    });
    expect((await Promise.all(calls)).filter((good) => !good)).toEqual([]);
    expect(clientBooks.unfinished).toEqual([]);
  });
}
