import { type Interceptor, RpcError } from "@tightwire/core";
import { aborted, errorOf } from "@tightwire/testing";
import { expect } from "vitest";
import type { Suite } from "../suite.js";
import { callOnce, KINDS, readAll, responding } from "../test-handlers.js";
import { type TestMessage, testMessage } from "../test-messages.js";

const hangs = (): Promise<never> => new Promise(() => {});

function boom(): never {
  throw new Error("boom");
}

/** What a logger was told of code that threw. */
function createReports() {
  const reports: string[] = [];
  const logger = {
    debug() {},
    info() {},
    warn() {},
    error: (_fields: object, message: string) => void reports.push(message),
  };
  return { reports, logger };
}

/** What a client's own code may do around its calls. */
export function clientCode({ test }: Suite): void {
  for (const kind of KINDS) {
    for (const fails of [false, true]) {
      const name = fails ? `a ${kind} that fails` : `a ${kind}`;

      for (const rejects of [false, true])
        test(`onHeaders, onTrailers, onFinish and observers that ${rejects ? "reject" : "throw"} are reported once each and change nothing: ${name}`, async (stage) => {
          const { reports, logger } = createReports();
          const breaks = rejects ? async (): Promise<never> => boom() : boom;
          const pair = await stage.open({
            handlers: responding(async (call, [request]) => {
              call.headers.set("x-head", "1");
              call.trailers.set("x-end", "1");
              if (request?.text === "sibling") await stage.log.until("other finished");
              if (fails && request?.text === "bad") {
                call.sendHeaders();
                throw new RpcError("aborted", "no");
              }
              return testMessage({ text: "good" });
            }),
          });
          const listens: Interceptor = (next) => (call) => {
            if (call.request !== undefined && call.metadata.has("x-bad")) call.onFinish(breaks);
            return next(call);
          };
          const { client } = stage.channelTo(pair, {
            logger,
            interceptors: [listens],
            observers: [
              {
                started: () => ({
                  attempt: breaks,
                  message: breaks,
                  finished: breaks,
                }),
              },
            ],
          });
          const sibling = callOnce(client, kind, {}, { text: "sibling" });
          const options = {
            onHeaders: breaks,
            onTrailers: breaks,
            metadata: { "x-bad": "1" },
          };
          const call = callOnce(client, kind, options, { text: "bad" });
          if (fails) expect(await errorOf(call)).toMatchObject({ code: "aborted", origin: "peer" });
          else expect((await call)[0]?.text).toBe("good");
          stage.log.add("other finished");
          expect((await sibling)[0]?.text).toBe("good");
          expect(reports.filter((one) => one !== "an observer threw").sort()).toEqual([
            "onFinish threw",
            "onHeaders threw",
            "onTrailers threw",
          ]);
          // One of each call.
          expect(reports.filter((one) => one === "an observer threw")).toHaveLength(2);
        });
    }

    test(`the deadline covers interceptors that hang: ${kind}`, async (stage) => {
      const pair = await stage.open();
      for (const name of ["interceptors", "attemptInterceptors"] as const) {
        const { client, books } = stage.channelTo(pair, { [name]: [() => hangs] });
        expect(await errorOf(callOnce(client, kind, { timeoutMs: 20 }))).toMatchObject({
          code: "deadline_exceeded",
          message: expect.stringContaining("waiting for its interceptors"),
          origin: "local",
          outcome: "not-processed",
        });
        expect(books.calls.map((one) => [one.code, one.attempts])).toEqual([
          ["deadline_exceeded", 0],
        ]);
      }
    });

    test(`the caller's signal covers interceptors that hang, before and after the response: ${kind}`, async (stage) => {
      const pair = await stage.open({ handlers: responding(() => testMessage()) });
      const before: Interceptor = () => () => {
        stage.log.add("hangs");
        return hangs();
      };
      const after: Interceptor = (next) => async (call) => {
        const { response } = await next(call);
        if (kind === "serverStream" || kind === "bidiStream")
          await readAll(response as AsyncIterable<unknown>);
        stage.log.add("hangs after");
        return await hangs();
      };
      for (const [entry, interceptor] of [
        ["hangs", before],
        ["hangs after", after],
      ] as const) {
        const { client, books } = stage.channelTo(pair, { interceptors: [interceptor] });
        const stop = new AbortController();
        const error = errorOf(callOnce(client, kind, { signal: stop.signal }));
        await stage.log.until(entry);
        const reason = new Error("changed my mind");
        stop.abort(reason);
        expect(await error).toMatchObject({ code: "cancelled", cause: reason });
        expect(books.codes).toEqual(["cancelled"]);
      }
    });
  }

  for (const kind of ["serverStream", "bidiStream"] as const)
    test(`the deadline covers a view of the messages that hangs: ${kind}`, async (stage) => {
      const pair = await stage.open({ handlers: responding(() => testMessage()) });
      const wraps: Interceptor = (next) => async (call) => {
        await next(call);
        const response = { next: hangs, return: boom, [Symbol.asyncIterator]: () => response };
        return { response };
      };
      const { client, books } = stage.channelTo(pair, { interceptors: [wraps] });
      expect((await errorOf(callOnce(client, kind, { timeoutMs: 50 }))).code).toBe(
        "deadline_exceeded",
      );
      expect(books.codes).toEqual(["deadline_exceeded"]);
    });

  for (const kind of ["unary", "serverStream"] as const) {
    /** A handler that fails so many times first. */
    const failing = (times: number, seen: string[]) =>
      responding((call, [request]) => {
        seen.push(`${request?.text} after ${call.metadata.get("grpc-previous-rpc-attempts") ?? 0}`);
        if (seen.length <= times) throw new RpcError("unavailable", `failure ${seen.length}`);
        return testMessage({ text: "good" });
      });

    test(`next called again makes the call again: ${kind}`, async (stage) => {
      const seen: string[] = [];
      const pair = await stage.open({ handlers: failing(2, seen) });
      const retries: Interceptor = (next) => async (call) => {
        for (let attempt = 1; ; attempt++) {
          try {
            call.request = testMessage({ text: `attempt ${attempt}` });
            return await next(call);
          } catch (error) {
            stage.log.add((error as RpcError).message);
            if (attempt === 3) throw error;
          }
        }
      };
      for (const name of ["interceptors", "attemptInterceptors"] as const) {
        seen.length = 0;
        const { client, books } = stage.channelTo(pair, { [name]: [retries] });
        expect((await callOnce(client, kind)).map(({ text }) => text)).toEqual(["good"]);
        expect(seen).toEqual(["attempt 1 after 0", "attempt 2 after 1", "attempt 3 after 2"]);
        expect(books.calls.map((one) => [one.code, one.attempts])).toEqual([["ok", 3]]);
      }
      expect(stage.log.entries).toEqual(["failure 1", "failure 2", "failure 1", "failure 2"]);
    });

    test(`a ${kind} whose interceptor makes it again in vain fails with the last error and its trailers`, async (stage) => {
      const trailers: (string | undefined)[] = [];
      const { client, clientBooks } = await stage.open({
        handlers: responding((call) => {
          call.trailers.set("x-attempt", String(serverBooks.length));
          serverBooks.push("called");
          throw new RpcError("unavailable", `failure ${serverBooks.length}`);
        }),
        channel: {
          interceptors: [(next) => (call) => next(call).catch(() => next(call))],
        },
      });
      const serverBooks: string[] = [];
      const call = callOnce(client, kind, {
        onTrailers: (one) => trailers.push(one.get("x-attempt")),
      });
      expect(await errorOf(call)).toMatchObject({
        code: "unavailable",
        message: "failure 2",
        origin: "peer",
        outcome: "responded",
      });
      expect(trailers).toEqual(["1"]);
      expect(clientBooks.calls.map((one) => [one.code, one.attempts, one.origin])).toEqual([
        ["unavailable", 2, "peer"],
      ]);
    });

    test(`next called twice at once settles both; a run that is not needed is cancelled: ${kind}`, async (stage) => {
      const { client, clientBooks } = await stage.open({
        handlers: responding(async (call) => {
          if (call.metadata.has("x-first")) {
            stage.log.add("first runs");
            await aborted(call.signal);
            stage.log.add("first aborted");
          }
          return testMessage({ text: "second" });
        }),
        channel: {
          interceptors: [
            (next) => async (call) => {
              call.metadata.set("x-first", "1");
              const first = next(call).catch((error: RpcError) => stage.log.add(error.code));
              await stage.log.until("first runs");
              call.metadata.delete("x-first");
              const second = await next(call);
              void first;
              return second;
            },
          ],
        },
      });
      expect((await callOnce(client, kind)).map(({ text }) => text)).toEqual(["second"]);
      await stage.log.until("first aborted");
      await stage.log.until("cancelled");
      expect(clientBooks.calls.map((one) => [one.code, one.attempts])).toEqual([["ok", 2]]);
    });
  }

  for (const kind of ["clientStream", "bidiStream"] as const)
    test(`next called again for a ${kind} throws when its requests were consumed, and sends new ones`, async (stage) => {
      const pair = await stage.open({
        handlers: responding((_call, requests) => {
          const texts = requests.map(({ text }) => text).join();
          if (texts === "first") throw new RpcError("unavailable", "again");
          return testMessage({ text: texts });
        }),
      });
      async function* requests(text: string): AsyncGenerator<TestMessage> {
        yield testMessage({ text });
      }
      const again =
        (renewed: boolean): Interceptor =>
        (next) =>
        async (call) => {
          const { response } = await next(call).catch(() => ({ response: [] }));
          await readAll(response as AsyncIterable<unknown>).catch(() => {});
          if (renewed) call.request = requests("second");
          return await next(call);
        };
      const call = async (renewed: boolean): Promise<TestMessage[]> => {
        const { client } = stage.channelTo(pair, { interceptors: [again(renewed)] });
        return kind === "clientStream"
          ? [await client.clientStream(requests("first"))]
          : await readAll(client.bidiStream(requests("first")));
      };
      expect((await call(true)).map(({ text }) => text)).toEqual(["second"]);
      expect((await errorOf(call(false))).cause).toMatchObject({ code: "TW_REQUESTS_CONSUMED" });
    });

  for (const kind of KINDS) {
    test(`next that is given something else fails its call only: ${kind}`, async (stage) => {
      const { client } = await stage.open({
        channel: { interceptors: [(next) => (call) => next({ ...call } as never)] },
      });
      expect((await errorOf(callOnce(client, kind))).cause).toMatchObject({
        code: "TW_INVALID_NEXT",
      });
    });

    test(`what an interceptor of ${kind} throws inside a handler is not the handler's response`, async (stage) => {
      const inner = await stage.open({
        channel: {
          interceptors: [
            () => () => Promise.reject(new RpcError("unauthenticated", "the token expired")),
          ],
        },
      });
      const { client, serverBooks } = await stage.open({
        handlers: responding(async () => {
          await callOnce(inner.client, kind);
          return testMessage();
        }),
      });
      expect(await errorOf(callOnce(inner.client, kind))).toMatchObject({
        code: "unauthenticated",
        call: expect.stringContaining("TestService/"),
      });
      const error = await errorOf(callOnce(client, kind));
      expect(error.message).toMatch(/^internal error \(id \w+\)$/);
      expect(error.code).toBe("internal");
      expect(serverBooks.calls.map(({ failures }) => failures.length)).toEqual([1]);
    });

    test(`an interceptor that throws unavailable fails ${kind}, which is not sent again`, async (stage) => {
      const { client, clientBooks, serverBooks } = await stage.open({
        handlers: responding(() => testMessage()),
        channel: {
          interceptors: [
            (next) => (call) => {
              next(call).catch(() => {});
              throw new RpcError("unavailable", "no token");
            },
          ],
        },
      });
      expect(await errorOf(callOnce(client, kind))).toMatchObject({
        code: "unavailable",
        message: "no token",
      });
      expect(clientBooks.codes).toEqual(["unavailable"]);
      expect(serverBooks.calls.length).toBeLessThanOrEqual(1);
    });
  }
}
