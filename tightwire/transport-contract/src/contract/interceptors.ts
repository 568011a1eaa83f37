import { contextKey, type Interceptor, RpcError } from "@tightwire/core";
import {
  type ClientTransport,
  type Completion,
  StatusNumber,
  type StreamHandle,
} from "@tightwire/core/runtime";
import { aborted, createGate, type EventLog, errorOf } from "@tightwire/testing";
import { expect } from "vitest";
import type { Suite } from "../suite.js";
import { callOnce, KINDS, readAll, responding } from "../test-handlers.js";
import { testMessage } from "../test-messages.js";

/** Notes that a call goes through, and how it ended. */
function noting(name: string, log: EventLog): Interceptor {
  return (next) => async (call) => {
    log.add(`${name} in`);
    call.onFinish(({ code }) => log.add(`${name} end ${code}`));
    const intercepted = await next(call);
    log.add(`${name} out`);
    return intercepted;
  };
}

async function* oneMessage(): AsyncGenerator<ReturnType<typeof testMessage>> {
  yield testMessage({ text: "mine" });
}

const REFUSED: Completion = {
  code: StatusNumber.UNAVAILABLE,
  message: "refused",
  headers: undefined,
  trailers: undefined,
  outcome: "not-processed",
  origin: "peer",
};

/** A transport whose peer refuses the first calls without processing them. */
function refusingFirst(count: number, transport: ClientTransport): ClientTransport {
  let left = count;
  const refuse = (sink: { finished(end: Completion, message: undefined): void }): StreamHandle => {
    left--;
    setImmediate(() => sink.finished(REFUSED, undefined));
    return { write: () => true, halfClose() {}, pull() {}, cancel() {} };
  };
  return {
    ...transport,
    async connect(endpoint, options) {
      const connection = await transport.connect(endpoint, options);
      return {
        info: connection.info,
        get capacity() {
          return connection.capacity;
        },
        get responded() {
          return connection.responded;
        },
        onState: (listener) => connection.onState(listener),
        unary: (call, message, sink) =>
          left > 0 ? refuse(sink) : connection.unary(call, message, sink),
        stream: (call, sink) => (left > 0 ? refuse(sink) : connection.stream(call, sink)),
        close: (graceMs, status) => connection.close(graceMs, status),
      };
    },
  };
}

const USER = contextKey("user", "nobody");

/** Layers around calls, on both sides. */
export function interceptors({ test }: Suite): void {
  for (const kind of KINDS) {
    test(`the first listed is the outermost on both sides, attempts inside calls, services inside servers; onFinish once: ${kind}`, async (stage) => {
      const { log } = stage;
      const { client } = await stage.open({
        handlers: responding(() => {
          log.add("handler");
          return testMessage();
        }),
        server: { interceptors: [noting("S1", log), noting("S2", log)] },
        service: { interceptors: [noting("S3", log)] },
        channel: {
          interceptors: [noting("C1", log), noting("C2", log)],
          attemptInterceptors: [noting("A", log)],
        },
      });
      await callOnce(client, kind);
      for (const name of ["S1", "S2", "S3", "C1", "C2", "A"]) await log.until(`${name} end 0`);
      const ins = log.entries.filter((one) => one.endsWith("in") || one === "handler");
      expect(ins).toEqual(["C1 in", "C2 in", "A in", "S1 in", "S2 in", "S3 in", "handler"]);
      expect(log.entries.filter((one) => /^S. out$/.test(one))).toEqual([
        "S3 out",
        "S2 out",
        "S1 out",
      ]);
      expect(log.entries.filter((one) => /^[AC].? out$/.test(one))).toEqual([
        "A out",
        "C2 out",
        "C1 out",
      ]);
      expect(log.entries.filter((one) => one.includes("end"))).toHaveLength(6);
    });

    test(`onFinish fires once for a ${kind} that fails, and for one that is cancelled`, async (stage) => {
      const { log } = stage;
      const never = createGate();
      const { client } = await stage.open({
        handlers: responding(async (_call, [request]) => {
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
        handlers: responding((call) =>
          testMessage({ text: `${call.get(USER)} ${call.metadata.get("x-added")}` }),
        ),
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

    test(`one that throws fails ${kind}, on either side`, async (stage) => {
      const refuses: Interceptor = () => () =>
        Promise.reject(new RpcError("unauthenticated", "who are you"));
      const handlers = responding(() => {
        stage.log.add("handler");
        return testMessage();
      });
      const { client: byServer } = await stage.open({
        handlers,
        server: { interceptors: [refuses] },
      });
      const { client: byClient } = await stage.open({
        handlers,
        channel: { interceptors: [refuses] },
      });
      expect(await errorOf(callOnce(byServer, kind))).toMatchObject({
        code: "unauthenticated",
        origin: "peer",
      });
      expect(await errorOf(callOnce(byClient, kind))).toMatchObject({
        code: "unauthenticated",
        origin: "local",
      });
      expect(stage.log.entries).toEqual([]);
    });
  }

  for (const kind of KINDS) {
    test(`one that throws something other than an RpcError fails ${kind} with one that has it as its cause`, async (stage) => {
      const bug = new TypeError("undefined is not a token");
      const pair = await stage.open({ handlers: responding(() => testMessage()) });
      const breaks: Interceptor = () => () => Promise.reject(bug);
      const breaksAfter: Interceptor = (next) => async (call) => {
        await next(call);
        throw bug;
      };
      for (const interceptor of [breaks, breaksAfter]) {
        for (const options of [
          { interceptors: [interceptor] },
          { attemptInterceptors: [interceptor] },
        ]) {
          const { client } = stage.channelTo(pair, options);
          expect(await errorOf(callOnce(client, kind))).toMatchObject({
            code: "unknown",
            message: bug.message,
            cause: bug,
          });
        }
      }
    });
  }

  for (const kind of ["serverStream", "bidiStream"] as const) {
    test(`one whose view of the messages throws fails ${kind}`, async (stage) => {
      const bug = new TypeError("undefined is not a message");
      const breaks: Interceptor = (next) => async (call) => {
        next(call).catch(() => {}); // the peer never begins to respond
        const response = {
          async next() {
            await stage.log.until("runs");
            throw bug;
          },
          [Symbol.asyncIterator]: () => response,
        };
        return { response };
      };
      const { client, clientBooks } = await stage.open({
        handlers: responding(async (call) => {
          stage.log.add("runs");
          await aborted(call.signal);
          stage.log.add("aborted");
          return testMessage();
        }),
        channel: { interceptors: [breaks] },
      });
      expect(await errorOf(callOnce(client, kind))).toMatchObject({ code: "unknown", cause: bug });
      expect(clientBooks.codes).toEqual(["unknown"]);
      await stage.log.until("aborted");
    });
  }

  for (const kind of KINDS) {
    test(`one that responds to ${kind} by itself finishes it with OK, and nothing is sent`, async (stage) => {
      const many = kind === "serverStream" || kind === "bidiStream";
      const responses: Interceptor = () => async (call) => {
        call.onFinish(({ code }) => stage.log.add(`end ${code}`));
        return { response: many ? oneMessage() : testMessage({ text: "mine" }) };
      };
      const { client, clientBooks, serverBooks } = await stage.open({
        channel: { interceptors: [responses] },
      });
      expect((await callOnce(client, kind)).map(({ text }) => text)).toEqual(["mine"]);
      expect(stage.log.entries).toEqual(["end 0"]);
      expect(clientBooks.codes).toEqual(["ok"]);
      expect(serverBooks.calls).toEqual([]);
    });
  }

  for (const kind of KINDS) {
    const again = kind === "unary" || kind === "serverStream";
    test(`attempts that the peer never processed: ${again ? "sent again, each through" : "not sent again, once through"} their own interceptors, by ${kind}`, async (stage) => {
      const { log } = stage;
      const seen: (string | undefined)[] = [];
      const pair = await stage.open({
        handlers: responding((call) => {
          seen.push(
            call.metadata.get("grpc-previous-rpc-attempts"),
            call.metadata.getAll("x-attempt").join(),
          );
          return testMessage({ text: "responded" });
        }),
      });
      let attempts = 0;
      const marking: Interceptor = (next) => async (call) => {
        call.metadata.append("x-attempt", String(++attempts));
        return await next(call);
      };
      const failing: Interceptor = (next) => (call) =>
        next(call).catch((error: RpcError) => {
          log.add(`A failed, ${error.outcome}`);
          throw error;
        });
      const { client, books } = stage.channelTo(
        { ...pair, transport: refusingFirst(2, pair.transport) },
        {
          interceptors: [noting("C", log)],
          attemptInterceptors: [noting("A", log), failing, marking],
        },
      );
      const call = callOnce(client, kind);
      if (again) {
        expect((await call).map(({ text }) => text)).toEqual(["responded"]);
        expect(seen).toEqual(["2", "3"]);
        const failed = ["A in", "A end 14", "A failed, not-processed"];
        expect(log.entries.filter((one) => !/end 0|out/.test(one))).toEqual([
          "C in",
          ...failed,
          ...failed,
          "A in",
        ]);
        expect(log.entries.filter((one) => /end 0|out/.test(one)).sort()).toEqual([
          "A end 0",
          "A out",
          "C end 0",
          "C out",
        ]);
      } else {
        expect(await errorOf(call)).toMatchObject({
          code: "unavailable",
          outcome: "not-processed",
        });
        expect(attempts).toBe(1);
      }
      expect(books.calls.map((one) => [one.code, one.attempts])).toEqual([
        again ? ["ok", 3] : ["unavailable", 1],
      ]);
    });
  }

  test("attempts without interceptors are sent again too, and say how many came before", async (stage) => {
    const pair = await stage.open({
      handlers: responding((call) =>
        testMessage({ text: call.metadata.get("grpc-previous-rpc-attempts") ?? "none" }),
      ),
    });
    for (const refused of [0, 1, 3]) {
      const { client } = stage.channelTo({
        ...pair,
        transport: refusingFirst(refused, pair.transport),
      });
      expect((await callOnce(client, "unary"))[0]?.text).toBe(
        refused === 0 ? "none" : String(refused),
      );
    }
    const { client } = stage.channelTo({ ...pair, transport: refusingFirst(4, pair.transport) });
    expect(await errorOf(callOnce(client, "unary"))).toMatchObject({
      code: "unavailable",
      outcome: "not-processed",
    });
  });

  for (const kind of ["unary", "serverStream"] as const) {
    test(`an attempt interceptor may end what failed by itself: ${kind}`, async (stage) => {
      const pair = await stage.open();
      const transport = refusingFirst(9, pair.transport);
      const responses: Interceptor = (next) => (call) =>
        next(call).catch(() => ({
          response: kind === "unary" ? testMessage({ text: "mine" }) : oneMessage(),
        }));
      const translates: Interceptor = (next) => (call) =>
        next(call).catch((cause: unknown) =>
          Promise.reject(new RpcError("aborted", "aborted", { cause })),
        );
      const responded = stage.channelTo(
        { ...pair, transport },
        { attemptInterceptors: [responses] },
      );
      expect((await callOnce(responded.client, kind)).map(({ text }) => text)).toEqual(["mine"]);
      expect(responded.books.codes).toEqual(["ok"]);
      const translated = stage.channelTo(
        { ...pair, transport },
        { attemptInterceptors: [translates] },
      );
      expect(await errorOf(callOnce(translated.client, kind))).toMatchObject({
        code: "aborted",
        message: "aborted",
      });
      expect(translated.books.calls.map((one) => [one.code, one.attempts])).toEqual([
        ["aborted", 1],
      ]);
    });
  }

  test("an intercepted stream whose reader stops before it was sent is never sent", async (stage) => {
    const gate = createGate();
    const holds: Interceptor = (next) => async (call) => {
      await gate.passed;
      return await next(call);
    };
    const { client, clientBooks, serverBooks } = await stage.open({
      channel: { interceptors: [holds] },
    });
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
      const intercepted = await next(call);
      async function* counted(): AsyncGenerator {
        for await (const message of intercepted.response as AsyncIterable<unknown>) {
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
    expect([...stage.log.entries].sort()).toEqual([
      "client message",
      "client message",
      "server message",
      "server message",
    ]);
  });

  test("a reader of an intercepted stream that stops early cancels it", async (stage) => {
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
