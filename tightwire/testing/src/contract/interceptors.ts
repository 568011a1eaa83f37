import { contextKey, type Interceptor, RpcError } from "@tightwire/core";
import { expect } from "vitest";
import { errorOf } from "../call-error.js";
import type { EventLog } from "../event-log.js";
import { createGate } from "../gate.js";
import { answering, callOnce, KINDS, readAll } from "../test-handlers.js";
import { testMessage } from "../test-messages.js";
import type { Suite } from "../transport-contract.js";

/** Notes that a call goes through, and how it ended. */
function noting(name: string, log: EventLog): Interceptor {
  return (next) => async (call) => {
    log.add(`${name} in`);
    call.onEnd(({ code }) => log.add(`${name} end ${code}`));
    const reply = await next(call);
    log.add(`${name} out`);
    return reply;
  };
}

async function* oneMessage(): AsyncGenerator<ReturnType<typeof testMessage>> {
  yield testMessage({ text: "mine" });
}

const USER = contextKey("user", "nobody");

/** Layers around calls, on both sides. */
export function interceptors({ test }: Suite): void {
  for (const kind of KINDS) {
    test(`the first listed is the outermost on both sides, attempts inside calls, services inside servers; onEnd once: ${kind}`, async (stage) => {
      const { log } = stage;
      const { client } = await stage.open({
        handlers: answering(() => {
          log.add("handler");
          return testMessage();
        }),
        server: { interceptors: [noting("S1", log), noting("S2", log)] },
        service: { interceptors: [noting("S3", log)] },
        channel: { interceptors: [noting("C1", log), noting("C2", log)], attemptInterceptors: [noting("A", log)] },
      });
      await callOnce(client, kind);
      for (const name of ["S1", "S2", "S3", "C1", "C2", "A"]) await log.until(`${name} end 0`);
      const ins = log.entries.filter((one) => one.endsWith("in") || one === "handler");
      expect(ins).toEqual(["C1 in", "C2 in", "A in", "S1 in", "S2 in", "S3 in", "handler"]);
      expect(log.entries.filter((one) => /^S. out$/.test(one))).toEqual(["S3 out", "S2 out", "S1 out"]);
      expect(log.entries.filter((one) => /^[AC].? out$/.test(one))).toEqual(["A out", "C2 out", "C1 out"]);
      expect(log.entries.filter((one) => one.includes("end"))).toHaveLength(6);
    });

    test(`onEnd fires once for a ${kind} that fails, and for one that is cancelled`, async (stage) => {
      const { log } = stage;
      const never = createGate();
      const { client } = await stage.open({
        handlers: answering(async (_call, [request]) => {
          if (request?.text === "fail") throw new RpcError("aborted", "no");
          log.add("runs");
          await never.passed;
          return testMessage();
        }),
        server: { interceptors: [noting("S", log)] },
        channel: { interceptors: [noting("C", log)] },
      });
      expect((await errorOf(callOnce(client, kind, {}, { text: "fail" }))).code).toBe("aborted");
      const stop = new AbortController();
      const call = errorOf(callOnce(client, kind, { signal: stop.signal }));
      await log.until("runs");
      stop.abort();
      expect((await call).code).toBe("cancelled");
      await log.until("S end 1");
      never.open();
      for (const end of ["C end 10", "S end 10", "C end 1", "S end 1"])
        expect(
          log.entries.filter((one) => one === end),
          end,
        ).toHaveLength(1);
    });

    test(`what an interceptor sets the handler finds, and metadata that one adds is sent: ${kind}`, async (stage) => {
      const { client } = await stage.open({
        handlers: answering((call) => testMessage({ text: `${call.get(USER)} ${call.metadata.get("x-added")}` })),
        server: {
          interceptors: [
            (next) => (call) => {
              expect(call.get(USER)).toBe("nobody");
              call.set(USER, "somebody");
              return next(call);
            },
          ],
        },
        channel: {
          interceptors: [
            (next) => (call) => {
              call.metadata.set("x-added", "1");
              return next(call);
            },
          ],
        },
      });
      expect((await callOnce(client, kind))[0]?.text).toBe("somebody 1");
    });

    test(`one that throws ends ${kind}, on either side`, async (stage) => {
      const refuses: Interceptor = () => () => Promise.reject(new RpcError("unauthenticated", "who are you"));
      const handlers = answering(() => {
        stage.log.add("handler");
        return testMessage();
      });
      const { client: byServer } = await stage.open({ handlers, server: { interceptors: [refuses] } });
      const { client: byClient } = await stage.open({ handlers, channel: { interceptors: [refuses] } });
      expect(await errorOf(callOnce(byServer, kind))).toMatchObject({ code: "unauthenticated", origin: "peer" });
      expect(await errorOf(callOnce(byClient, kind))).toMatchObject({ code: "unauthenticated", origin: "local" });
      expect(stage.log.entries).toEqual([]);
    });
  }

  for (const kind of KINDS) {
    test(`one that answers ${kind} by itself ends it well, and nothing is sent`, async (stage) => {
      const many = kind === "serverStream" || kind === "bidiStream";
      const answers: Interceptor = () => async (call) => {
        call.onEnd(({ code }) => stage.log.add(`end ${code}`));
        return { response: many ? oneMessage() : testMessage({ text: "mine" }) };
      };
      const { client, clientBooks, serverBooks } = await stage.open({ channel: { interceptors: [answers] } });
      expect((await callOnce(client, kind)).map(({ text }) => text)).toEqual(["mine"]);
      expect(stage.log.entries).toEqual(["end 0"]);
      expect(clientBooks.codes).toEqual(["ok"]);
      expect(serverBooks.calls).toEqual([]);
    });
  }

  test("an intercepted stream that is left before it was sent is never sent", async (stage) => {
    const gate = createGate();
    const holds: Interceptor = (next) => async (call) => {
      await gate.passed;
      return await next(call);
    };
    const { client, clientBooks, serverBooks } = await stage.open({ channel: { interceptors: [holds] } });
    const iterator = client.serverStream({})[Symbol.asyncIterator]();
    const left = iterator.return?.();
    gate.open();
    await left;
    expect((await iterator.next()).done).toBe(true);
    expect(clientBooks.codes).toEqual(["cancelled"]);
    expect(serverBooks.calls).toEqual([]);
  });

  test("one that looks at messages wraps them, on both sides", async (stage) => {
    const counting: Interceptor = (next) => async (call) => {
      const reply = await next(call);
      async function* counted(): AsyncGenerator {
        for await (const message of reply.response as AsyncIterable<unknown>) {
          stage.log.add(`${call.side} message`);
          yield message;
        }
      }
      return { response: counted() };
    };
    const { client } = await stage.open({
      handlers: {
        async *serverStream() {
          yield testMessage();
          yield testMessage();
        },
      },
      server: { interceptors: [counting] },
      channel: { interceptors: [counting] },
    });
    expect(await readAll(client.serverStream({}))).toHaveLength(2);
    expect([...stage.log.entries].sort()).toEqual(["client message", "client message", "server message", "server message"]);
  });

  test("leaving an intercepted stream early cancels it", async (stage) => {
    const { client } = await stage.open({
      handlers: {
        async *serverStream(_request, call) {
          call.signal.addEventListener("abort", () => stage.log.add("aborted"));
          for (;;) {
            yield testMessage();
            await new Promise((resolve) => setImmediate(resolve));
          }
        },
      },
      server: { interceptors: [noting("S", stage.log)] },
      channel: { interceptors: [noting("C", stage.log)] },
    });
    for await (const _one of client.serverStream({})) break;
    await stage.log.until("aborted");
    await stage.log.until("C end 1");
  });
}
