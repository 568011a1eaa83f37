import { getEventListeners } from "node:events";
import type { ServerCall } from "@tightwire/core";
import { aborted, createGate, errorOf, eventually } from "@tightwire/testing";
import { expect } from "vitest";
import type { TestHandlers } from "../gen/tightwire/testing/v1/test.service.js";
import type { Pair, Stage } from "../stage.js";
import type { Suite } from "../suite.js";
import { callOnce, KINDS, type Kind, readAll, responding } from "../test-handlers.js";
import { testMessage } from "../test-messages.js";

/** Where a call is when it is cancelled. */
interface Moment {
  /** What the handler has come to. */
  readonly reached: string;
  readonly kinds: readonly Kind[];
  /** Whether the client's requests have ended by then. */
  readonly halfClosed: boolean;
}

const MOMENTS: Readonly<Record<string, Moment>> = {
  "before its first response, after the client's end": {
    reached: "read all",
    kinds: KINDS,
    halfClosed: true,
  },
  "between two responses": {
    reached: "responded",
    kinds: ["serverStream", "bidiStream"],
    halfClosed: true,
  },
  "between two requests": {
    reached: "read one",
    kinds: ["clientStream", "bidiStream"],
    halfClosed: false,
  },
};

/** What cancels a call. */
const WAYS: Readonly<
  Record<string, { code: readonly string[]; end(pair: Pair, stop: AbortController): unknown }>
> = {
  "the caller's signal": {
    code: ["cancelled"],
    end: (_pair, stop) => stop.abort(new Error("changed my mind")),
  },
  "closing the channel": {
    code: ["cancelled"],
    end: ({ channel }) => channel.close(),
  },
  "the server's forced stop": {
    code: ["unavailable"],
    end: ({ server }) => server.stop({ pauseMs: 0, graceMs: 0 }),
  },
};

/** Handlers that stand still at each moment and note what they see of the end. */
function standing(stage: Stage, over: Promise<void>): Partial<TestHandlers> {
  const { log } = stage;
  function begin(call: ServerCall): void {
    log.add("began");
    call.signal.addEventListener("abort", () => log.add("signal aborted"));
  }
  async function read(requests: AsyncIterable<unknown>): Promise<void> {
    try {
      for await (const _one of requests) log.add("read one");
      log.add("read all");
    } catch {
      log.add("reader failed");
    }
  }
  async function* respond(
    call: ServerCall,
    requests: AsyncIterable<unknown> | undefined,
  ): AsyncGenerator<ReturnType<typeof testMessage>> {
    begin(call);
    try {
      if (requests === undefined) log.add("read all");
      else await read(requests);
      if (call.metadata.get("response") === "one") {
        yield testMessage();
        log.add("responded");
      }
      await over;
      yield testMessage();
    } finally {
      log.add("handler finished");
    }
  }
  return {
    async unary(_request, call) {
      begin(call);
      log.add("read all");
      await over;
      log.add("handler finished");
      return testMessage();
    },
    serverStream: (_request, call) => respond(call, undefined),
    async clientStream(requests, call) {
      begin(call);
      await read(requests);
      await over;
      log.add("handler finished");
      return testMessage();
    },
    bidiStream: (requests, call) => respond(call, requests),
  };
}

function startCall(
  pair: Pair,
  kind: Kind,
  stop: AbortController,
  stage: Stage,
  moment: Moment,
): Promise<unknown> {
  const options = {
    signal: stop.signal,
    metadata: { response: moment.reached === "responded" ? "one" : "none" },
  };
  const never = createGate();
  async function* requests(): AsyncGenerator<object> {
    try {
      yield {};
      if (!moment.halfClosed) {
        yield {};
        await never.passed;
      }
    } finally {
      stage.log.add("requests finished");
    }
  }
  if (kind === "unary") return pair.client.unary({}, options);
  if (kind === "clientStream") return pair.client.clientStream(requests(), options);
  return readAll(
    kind === "serverStream"
      ? pair.client.serverStream({}, options)
      : pair.client.bidiStream(requests(), options),
  );
}

/** Cancellation from either side, at every moment of a call; and what must be gone afterwards. */
export function cancellation({ test }: Suite): void {
  for (const [way, { code, end }] of Object.entries(WAYS)) {
    for (const [when, moment] of Object.entries(MOMENTS)) {
      for (const kind of moment.kinds) {
        test(`by ${way} ${when} of ${kind}`, async (stage) => {
          const over = createGate();
          const pair = await stage.open({ handlers: standing(stage, over.passed) });
          const stop = new AbortController();
          const call = errorOf(startCall(pair, kind, stop, stage, moment));
          await stage.log.until(moment.reached);
          const ending = end(pair, stop);
          const error = await call;
          expect(code).toContain(error.code);
          if (way === "the caller's signal")
            expect((error.cause as Error).message).toBe("changed my mind");
          await stage.log.until("signal aborted");
          if (!moment.halfClosed) await stage.log.until("reader failed");
          over.open();
          await stage.log.until("handler finished");
          await ending;
          expect(stage.log.entries.filter((one) => one === "signal aborted")).toHaveLength(1);
          expect(getEventListeners(stop.signal, "abort")).toHaveLength(0);
          await eventually(() => expect(pair.serverBooks.unfinished).toEqual([]));
          expect(pair.serverBooks.codes).not.toContain("ok");
        });
      }
    }
  }

  for (const kind of KINDS) {
    test(`one signal ends many calls at once, warns of nothing and keeps no listener: ${kind}`, async (stage) => {
      const warnings: Error[] = [];
      const note = (warning: Error): void => void warnings.push(warning);
      process.on("warning", note);
      let running = 0;
      const { client } = await stage.open({
        handlers: responding(async (call) => {
          for (let count = 0; count < 20; count++) call.signal.addEventListener("abort", () => {});
          running++;
          await aborted(call.signal);
          return testMessage();
        }),
      });
      const stop = new AbortController();
      const calls = Array.from({ length: 20 }, () =>
        errorOf(callOnce(client, kind, { signal: stop.signal })),
      );
      await eventually(() => expect(running).toBe(20));
      expect(getEventListeners(stop.signal, "abort")).toHaveLength(1);
      stop.abort();
      for (const { code } of await Promise.all(calls)) expect(code).toBe("cancelled");
      expect(getEventListeners(stop.signal, "abort")).toHaveLength(0);
      process.off("warning", note);
      expect(warnings).toEqual([]);
    });

    test(`a signal that is aborted already: ${kind} touches no network`, async (stage) => {
      const { client, clientBooks, serverBooks } = await stage.open({
        handlers: responding(() => testMessage()),
      });
      const signal = AbortSignal.abort(new Error("long ago"));
      const error = await errorOf(callOnce(client, kind, { signal }));
      expect(error).toMatchObject({ code: "cancelled", origin: "local", outcome: "not-processed" });
      expect((error.cause as Error).message).toBe("long ago");
      expect(clientBooks.calls.map(({ attempts }) => attempts)).toEqual([0]);
      expect(serverBooks.calls).toEqual([]);
      expect(getEventListeners(signal, "abort")).toHaveLength(0);
    });

    test(`before the connection stands, and right after ${kind} was begun on one that does`, async (stage) => {
      const { client, clientBooks, serverBooks } = await stage.open({
        handlers: responding(() => testMessage()),
      });
      for (const warm of [false, true]) {
        const stop = new AbortController();
        const call = errorOf(callOnce(client, kind, { signal: stop.signal }));
        stop.abort();
        expect(await call).toMatchObject({ code: "cancelled", origin: "local" });
        expect(getEventListeners(stop.signal, "abort")).toHaveLength(0);
        if (!warm) expect(clientBooks.calls[0]?.attempts).toBe(0);
        expect(await callOnce(client, kind)).toHaveLength(1);
      }
      await eventually(() => expect(serverBooks.unfinished).toEqual([]));
    });

    test(`the end of a good ${kind} aborts no signal and leaves no listener`, async (stage) => {
      const signals: AbortSignal[] = [];
      const { client } = await stage.open({
        handlers: responding((call) => {
          signals.push(call.signal);
          return testMessage();
        }),
      });
      const stop = new AbortController();
      for (let count = 0; count < 20; count++)
        await callOnce(client, kind, { signal: stop.signal });
      expect(getEventListeners(stop.signal, "abort")).toHaveLength(0);
      stop.abort();
      await callOnce(client, kind);
      expect(signals).toHaveLength(21);
      expect(signals.filter(({ aborted }) => aborted)).toEqual([]);
    });
  }

  for (const kind of ["serverStream", "bidiStream"] as const) {
    for (const how of ["break", "throw", "return()"] as const) {
      test(`leaving for await of ${kind} by ${how}`, async (stage) => {
        const { client, clientBooks } = await stage.open({
          handlers: {
            serverStream: (_request, call) => endless(stage, call),
            bidiStream: (_requests, call) => endless(stage, call),
          },
        });
        async function* requests(): AsyncGenerator<object> {
          try {
            for (;;) {
              yield {};
              await new Promise((resolve) => setImmediate(resolve));
            }
          } finally {
            stage.log.add("requests finished");
          }
        }
        const stream =
          kind === "serverStream" ? client.serverStream({}) : client.bidiStream(requests());
        if (how === "return()") {
          const iterator = stream[Symbol.asyncIterator]();
          await iterator.next();
          await iterator.return?.();
          expect((await iterator.next()).done).toBe(true);
        } else {
          const reading = async (): Promise<void> => {
            for await (const _one of stream) {
              if (how === "break") break;
              throw new Error("enough");
            }
          };
          await reading().catch(() => {});
        }
        await stage.log.until("finally ran");
        await stage.log.until("signal aborted");
        if (kind === "bidiStream") await stage.log.until("requests finished");
        expect(clientBooks.codes).toEqual(["cancelled"]);
      });
    }
  }

  test("a generator that waits at a yield, full, runs its finally block", async (stage) => {
    const { client } = await stage.open({
      handlers: {
        async *serverStream() {
          try {
            for (;;) yield testMessage({ payload: new Uint8Array(64 * 1024) });
          } finally {
            stage.log.add("finally ran");
          }
        },
      },
    });
    const stop = new AbortController();
    const iterator = client.serverStream({}, { signal: stop.signal })[Symbol.asyncIterator]();
    await iterator.next();
    stop.abort();
    await stage.log.until("finally ran");
    const rest = async (): Promise<void> => {
      while ((await iterator.next()).done !== true);
    };
    expect(await errorOf(rest())).toMatchObject({ code: "cancelled" });
  });

  test("a cancelled call leaves those beside it alone", async (stage) => {
    const gate = createGate();
    const { client } = await stage.open({
      handlers: responding(async (_call, [request]) => {
        stage.log.add(`runs ${request?.text}`);
        await gate.passed;
        return testMessage({ text: request?.text ?? "" });
      }),
    });
    const stop = new AbortController();
    const stays = KINDS.map((kind) => callOnce(client, kind, {}, { text: "stays" }));
    const goes = KINDS.map((kind) =>
      errorOf(callOnce(client, kind, { signal: stop.signal }, { text: "goes" })),
    );
    await eventually(() => expect(stage.log.entries).toHaveLength(8));
    stop.abort();
    for (const error of await Promise.all(goes)) expect(error.code).toBe("cancelled");
    gate.open();
    for (const responses of await Promise.all(stays))
      expect(responses.map(({ text }) => text)).toEqual(["stays"]);
  });

  test("a handler that has its own caller cancel, as its first act, is cancelled", async (stage) => {
    const { log } = stage;
    const stop = new AbortController();
    const { client } = await stage.open({
      handlers: {
        async unary(_request, call) {
          stop.abort(new Error("enough"));
          await aborted(call.signal);
          log.add("cancelled");
          return testMessage();
        },
      },
    });
    expect(await errorOf(client.unary({}, { signal: stop.signal }))).toMatchObject({
      code: "cancelled",
    });
    await log.until("cancelled");
  });

  test("calls on a closed channel are CANCELLED, and say so", async (stage) => {
    const { client, channel, serverBooks } = await stage.open({
      handlers: responding(() => testMessage()),
    });
    await callOnce(client, "unary");
    await channel.close();
    for (const kind of KINDS) {
      const error = await errorOf(callOnce(client, kind));
      expect(error).toMatchObject({ code: "cancelled", origin: "local", outcome: "not-processed" });
      expect(error.message).toContain("closed");
    }
    expect(serverBooks.calls).toHaveLength(1);
  });

  test("closing a channel with grace lets calls in flight finish", async (stage) => {
    const gate = createGate();
    const { client, channel } = await stage.open({
      handlers: responding(async () => {
        stage.log.add("runs");
        await gate.passed;
        return testMessage({ text: "whole" });
      }),
    });
    const calls = KINDS.map((kind) => callOnce(client, kind));
    await eventually(() => expect(stage.log.entries).toHaveLength(4));
    const closed = channel.close(5_000);
    gate.open();
    for (const [response] of await Promise.all(calls)) expect(response?.text).toBe("whole");
    await closed;
  });
}

async function* endless(
  stage: Stage,
  call: ServerCall,
): AsyncGenerator<ReturnType<typeof testMessage>> {
  call.signal.addEventListener("abort", () => stage.log.add("signal aborted"));
  try {
    for (let number = 0n; ; number++) {
      yield testMessage({ number });
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    stage.log.add("finally ran");
  }
}
