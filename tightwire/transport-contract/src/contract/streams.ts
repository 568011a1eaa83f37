import { RpcError } from "@tightwire/core";
import { createGate, errorOf } from "@tightwire/testing";
import { expect } from "vitest";
import type { Suite } from "../suite.js";
import { readAll } from "../test-handlers.js";
import { testMessage } from "../test-messages.js";

/** The order of messages, ends and errors in streams. */
export function streams({ test }: Suite): void {
  test("ping-pong: each response waits for its request, each request for the response before", async (stage) => {
    const { client } = await stage.open({
      handlers: {
        async *bidiStream(requests) {
          for await (const { number } of requests) {
            stage.log.add(`request ${number}`);
            yield testMessage({ number });
          }
          stage.log.add("requests ended");
        },
      },
    });
    let responded = createGate();
    async function* requests(): AsyncGenerator<{ number: bigint }> {
      for (let number = 0n; number < 3n; number++) {
        yield { number };
        await responded.passed;
        responded = createGate();
      }
    }
    for await (const { number } of client.bidiStream(requests())) {
      stage.log.add(`response ${number}`);
      responded.open();
    }
    expect(stage.log.entries).toEqual([
      "request 0",
      "response 0",
      "request 1",
      "response 1",
      "request 2",
      "response 2",
      "requests ended",
    ]);
  });

  test("the client ends first and the server goes on", async (stage) => {
    const { client } = await stage.open({
      handlers: {
        async *bidiStream(requests) {
          const all = await readAll(requests);
          stage.log.add(`read ${all.length} to the end`);
          for (const one of all) yield testMessage({ number: one.number });
          yield testMessage({ number: 9n });
        },
      },
    });
    const responses = await readAll(client.bidiStream([{ number: 1n }, { number: 2n }]));
    expect(responses.map(({ number }) => number)).toEqual([1n, 2n, 9n]);
    expect(stage.log.entries).toEqual(["read 2 to the end"]);
  });

  test("the server speaks first", async (stage) => {
    const { client } = await stage.open({
      handlers: {
        async *bidiStream(requests) {
          yield testMessage({ text: "hello" });
          for await (const { text } of requests) yield testMessage({ text });
        },
      },
    });
    const heard = createGate();
    async function* requests(): AsyncGenerator<{ text: string }> {
      await heard.passed;
      yield { text: "hello yourself" };
    }
    const texts: string[] = [];
    for await (const { text } of client.bidiStream(requests())) {
      texts.push(text);
      heard.open();
    }
    expect(texts).toEqual(["hello", "hello yourself"]);
  });

  test("a server that ignores its requests", async (stage) => {
    const { client } = await stage.open({
      handlers: {
        async *bidiStream() {
          yield testMessage({ number: 1n });
        },
        clientStream: async () => testMessage({ number: 2n }),
      },
    });
    const requests = Array.from({ length: 50 }, () => ({ payload: new Uint8Array(1_000) }));
    expect((await readAll(client.bidiStream(requests))).map(({ number }) => number)).toEqual([1n]);
    expect((await client.clientStream(requests)).number).toBe(2n);
    expect((await client.clientStream(requests)).number).toBe(2n);
  });

  for (const kind of ["clientStream", "bidiStream"] as const) {
    test(`a response before the client's end stops the client by ${kind}`, async (stage) => {
      const { client } = await stage.open({
        handlers: {
          async clientStream(requests) {
            for await (const { number } of requests) if (number === 2n) break;
            return testMessage({ text: "enough" });
          },
          async *bidiStream(requests) {
            for await (const { number } of requests) if (number === 2n) break;
            yield testMessage({ text: "enough" });
          },
        },
      });
      async function* requests(): AsyncGenerator<{ number: bigint }> {
        try {
          for (let number = 0n; ; number++) {
            yield { number };
            await new Promise((resolve) => setImmediate(resolve));
          }
        } finally {
          stage.log.add("the client stopped sending");
        }
      }
      const response =
        kind === "clientStream"
          ? await client.clientStream(requests())
          : (await readAll(client.bidiStream(requests())))[0];
      expect(response?.text).toBe("enough");
      await stage.log.until("the client stopped sending");
    });

    test(`a handler that reads on after it could have ended sees each request once by ${kind}`, async (stage) => {
      const { client } = await stage.open({
        handlers: {
          async clientStream(requests) {
            const iterator = requests[Symbol.asyncIterator]();
            const first = await iterator.next();
            const second = await iterator.next();
            const end = await iterator.next();
            const after = await iterator.next();
            return testMessage({
              text: [first.value?.text, second.value?.text, end.done, after.done].join(),
            });
          },
          async *bidiStream(requests) {
            const [first, second] = await readAll(requests);
            yield testMessage({
              text: [
                first?.text,
                second?.text,
                true,
                (await readAll(requests)).length === 0,
              ].join(),
            });
          },
        },
      });
      const requests = [{ text: "a" }, { text: "b" }];
      const response =
        kind === "clientStream"
          ? await client.clientStream(requests)
          : (await readAll(client.bidiStream(requests)))[0];
      expect(response?.text).toBe("a,b,true,true");
    });
  }

  test("an error before, between and after messages: those sent before it arrive before it", async (stage) => {
    const { client } = await stage.open({
      handlers: {
        async *serverStream({ number }) {
          for (let sent = 0n; sent < number; sent++) yield testMessage({ number: sent });
          throw new RpcError("data_loss", `after ${number}`);
        },
        async *bidiStream(requests) {
          for await (const { number } of requests) {
            if (number === 3n) throw new RpcError("data_loss", "at the third");
            yield testMessage({ number });
          }
        },
      },
    });
    for (const count of [0n, 1n, 3n, 100n]) {
      let read = 0n;
      const reading = async (): Promise<void> => {
        for await (const { number } of client.serverStream({ number: count }))
          expect(number).toBe(read++);
      };
      expect(await errorOf(reading())).toMatchObject({
        code: "data_loss",
        message: `after ${count}`,
      });
      expect(read).toBe(count);
    }
    const read: bigint[] = [];
    const reading = async (): Promise<void> => {
      for await (const { number } of client.bidiStream([
        { number: 1n },
        { number: 2n },
        { number: 3n },
        { number: 4n },
      ]))
        read.push(number);
    };
    expect(await errorOf(reading())).toMatchObject({ code: "data_loss", message: "at the third" });
    expect(read).toEqual([1n, 2n]);
  });

  test("an error reaches a reader that was slow to begin, after all messages", async (stage) => {
    const { client, clientBooks } = await stage.open({
      handlers: {
        async *serverStream() {
          yield testMessage({ number: 1n });
          yield testMessage({ number: 2n });
          stage.log.add("fails");
          throw new RpcError("data_loss", "late");
        },
      },
    });
    const stream = client.serverStream({});
    await stage.log.until("fails");
    const iterator = stream[Symbol.asyncIterator]();
    expect((await iterator.next()).value?.number).toBe(1n);
    expect((await iterator.next()).value?.number).toBe(2n);
    expect(await errorOf(iterator.next())).toMatchObject({ code: "data_loss" });
    expect((await iterator.next()).done).toBe(true);
    expect(clientBooks.codes).toEqual(["data_loss"]);
  });

  test("a client's own requests that throw: the caller gets the cause, the handler hears of it", async (stage) => {
    const { client } = await stage.open({
      handlers: {
        async clientStream(requests) {
          try {
            for await (const _one of requests) stage.log.add("read one");
            stage.log.add("read all");
          } catch {
            stage.log.add("reader failed");
          }
          return testMessage();
        },
      },
    });
    const fault = new Error("no more of these");
    async function* requests(): AsyncGenerator<object> {
      yield {};
      await stage.log.until("read one");
      throw fault;
    }
    const error = await errorOf(client.clientStream(requests()));
    expect(error).toMatchObject({ code: "cancelled", origin: "local" });
    expect(error.cause).toBe(fault);
    await stage.log.until("reader failed");
    expect(stage.log.entries).toEqual(["read one", "reader failed"]);
  });

  test("requests that are no iterable fail the call", async (stage) => {
    const { client } = await stage.open({ handlers: { clientStream: async () => testMessage() } });
    const error = await errorOf(client.clientStream(7 as unknown as []));
    expect(error.cause).toBeInstanceOf(TypeError);
  });

  test("many small messages each way, in order", async (stage) => {
    const count = 10_000;
    const { client } = await stage.open({
      handlers: {
        async *serverStream() {
          for (let number = 0; number < count; number++)
            yield testMessage({ number: BigInt(number) });
        },
        async clientStream(requests) {
          let next = 0n;
          for await (const { number } of requests) if (number === next) next++;
          return testMessage({ number: next });
        },
        async *bidiStream(requests) {
          for await (const { number } of requests) yield testMessage({ number });
        },
      },
    });
    function* requests(): Generator<{ number: bigint }> {
      for (let number = 0; number < count; number++) yield { number: BigInt(number) };
    }
    for (const stream of [client.serverStream({}), client.bidiStream(requests())]) {
      let next = 0n;
      for await (const { number } of stream) if (number === next) next++;
      expect(next).toBe(BigInt(count));
    }
    expect((await client.clientStream(requests())).number).toBe(BigInt(count));
  });
}
