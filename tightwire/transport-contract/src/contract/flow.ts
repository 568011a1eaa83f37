import { createGate } from "@tightwire/testing";
import { expect } from "vitest";
import type { Suite } from "../suite.js";
import { testMessage } from "../test-messages.js";

const MIB = 1024 * 1024;
/**
 * What may wait between two sides, in buffers of theirs and of the system: the largest window is 4
 * MiB.
 */
const MAX_AHEAD_BYTES = 16 * MIB;
/**
 * How many messages of 1 MiB are sent, far more than memory may grow: a gibibyte. Less on the other
 * runtimes of CI (`scripts/test-runtimes.mjs`), which are many.
 */
const MEBIBYTES = process.env["TEST_RUNTIME"] === undefined ? 1_024 : 384;
/**
 * How much more memory a process may take to carry any stream. The collectors of Bun and Deno let
 * more garbage lie.
 */
const MAX_GROWTH_BYTES = ("Bun" in globalThis || "Deno" in globalThis ? 320 : 200) * MIB;

/** Resolves when `count()` has stood still for 20 turns of 5 ms, and is not 0. */
async function standstill(count: () => number): Promise<number> {
  let last = -1;
  let turns = 0;
  while (turns < 20) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    turns = count() === last && last > 0 ? turns + 1 : 0;
    last = count();
  }
  return last;
}

/** The most memory that the process takes until it is stopped, beyond what it took at first. */
function watchMemory(): { stop(): number } {
  const before = process.memoryUsage.rss();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 5);
  return {
    stop() {
      clearInterval(timer);
      return peak - before;
    },
  };
}

/** Backpressure both ways. */
export function flow({ test }: Suite): void {
  for (const kind of ["serverStream", "bidiStream"] as const) {
    test(`a slow reader stops the generator of ${kind}`, async (stage) => {
      let sent = 0;
      async function* produce(): AsyncGenerator<ReturnType<typeof testMessage>> {
        const payload = new Uint8Array(64 * 1024);
        while (sent < 2_000) {
          sent++;
          yield testMessage({ payload });
        }
      }
      const { client } = await stage.open({
        handlers: { serverStream: produce, bidiStream: produce },
      });
      const stream = kind === "serverStream" ? client.serverStream({}) : client.bidiStream([]);
      const iterator = stream[Symbol.asyncIterator]();
      await iterator.next();
      expect((await standstill(() => sent)) * 64 * 1024).toBeLessThan(MAX_AHEAD_BYTES);
      let read = 1;
      while ((await iterator.next()).done !== true) read++;
      expect(read).toBe(2_000);
    });
  }

  for (const kind of ["clientStream", "bidiStream"] as const) {
    test(`a slow handler stops the requests of ${kind}`, async (stage) => {
      const go = createGate();
      let sent = 0;
      let read = 0;
      async function consume(
        requests: AsyncIterable<unknown>,
      ): Promise<ReturnType<typeof testMessage>> {
        for await (const _one of requests) {
          read++;
          await go.passed;
        }
        return testMessage();
      }
      const { client } = await stage.open({
        handlers: {
          clientStream: consume,
          async *bidiStream(requests) {
            yield await consume(requests);
          },
        },
      });
      function* requests(): Generator<{ payload: Uint8Array }> {
        const payload = new Uint8Array(64 * 1024);
        while (sent < 2_000) {
          sent++;
          yield { payload };
        }
      }
      const call =
        kind === "clientStream"
          ? client.clientStream(requests())
          : client.bidiStream(requests())[Symbol.asyncIterator]().next();
      expect((await standstill(() => sent)) * 64 * 1024).toBeLessThan(MAX_AHEAD_BYTES);
      expect(read).toBe(1);
      go.open();
      await call;
      expect(read).toBe(2_000);
      expect(sent).toBe(2_000);
    });
  }

  test(`${MEBIBYTES} MiB down, to a reader that is behind, in limited memory`, async (stage) => {
    const payload = new Uint8Array(MIB);
    let sent = 0;
    const { client } = await stage.open({
      handlers: {
        async *serverStream() {
          while (sent < MEBIBYTES) {
            sent++;
            yield testMessage({ payload });
          }
        },
      },
    });
    const memory = watchMemory();
    const iterator = client.serverStream({})[Symbol.asyncIterator]();
    await iterator.next();
    const ahead = await standstill(() => sent);
    expect(ahead * MIB).toBeLessThan(MAX_AHEAD_BYTES);
    let bytes = MIB;
    for (let step = await iterator.next(); step.done !== true; step = await iterator.next())
      bytes += step.value.payload.length;
    expect(memory.stop()).toBeLessThan(MAX_GROWTH_BYTES);
    expect(bytes).toBe(MEBIBYTES * MIB);
  });

  test(`${MEBIBYTES} MiB up, to a handler that is behind, in limited memory`, async (stage) => {
    const payload = new Uint8Array(MIB);
    const go = createGate();
    let sent = 0;
    const { client } = await stage.open({
      handlers: {
        async clientStream(requests) {
          await go.passed;
          let bytes = 0n;
          for await (const one of requests) bytes += BigInt(one.payload.length);
          return testMessage({ number: bytes });
        },
      },
    });
    function* requests(): Generator<{ payload: Uint8Array }> {
      while (sent < MEBIBYTES) {
        sent++;
        yield { payload };
      }
    }
    const memory = watchMemory();
    const call = client.clientStream(requests());
    expect((await standstill(() => sent)) * MIB).toBeLessThan(MAX_AHEAD_BYTES);
    go.open();
    expect((await call).number).toBe(BigInt(MEBIBYTES * MIB));
    expect(memory.stop()).toBeLessThan(MAX_GROWTH_BYTES);
  });

  test("a stalled stream does not hold up a call beside it", async (stage) => {
    const { client } = await stage.open({
      handlers: {
        unary: async ({ text }) => testMessage({ text }),
        async *serverStream() {
          for (;;) yield testMessage({ payload: new Uint8Array(16 * 1024) });
        },
      },
    });
    const iterator = client.serverStream({})[Symbol.asyncIterator]();
    await iterator.next();
    for (let count = 0; count < 50; count++)
      expect((await client.unary({ text: `${count}` })).text).toBe(`${count}`);
    await iterator.return?.();
  });
}
