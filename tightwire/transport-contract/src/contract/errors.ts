import { createClient } from "@tightwire/client";
import { badRequest, type Logger, RpcError, type ServerCall } from "@tightwire/core";
import { BadRequest } from "@tightwire/core/details";
import { createGate, errorOf } from "@tightwire/testing";
import { expect } from "vitest";
import { TestService } from "../gen/tightwire/testing/v1/test.service.js";
import type { Suite } from "../suite.js";
import { callOnce, KINDS, readAll, responding } from "../test-handlers.js";
import { testMessage } from "../test-messages.js";

const ERROR_ID = /^internal error \(id ([0-9a-f]{12})\)$/;

interface Line {
  readonly level: string;
  readonly fields: Record<string, unknown>;
  readonly message: string;
}

/** A logger that keeps its lines. */
function memoryLogger(): { lines: Line[]; logger: Logger } {
  const lines: Line[] = [];
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, fields: fields as Line["fields"], message });
  return {
    lines,
    logger: { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") },
  };
}

/** What handlers throw, and what becomes of it. */
export function errors({ test }: Suite): void {
  test("anything but an RpcError is INTERNAL with an id; the log has id, stack and cause, once", async (stage) => {
    const { lines, logger } = memoryLogger();
    const { client } = await stage.open({
      handlers: responding(() => {
        throw new TypeError("secret of the house", { cause: new Error("the deeper cause") });
      }),
      server: { logger },
    });
    for (const kind of KINDS) {
      const error = await errorOf(callOnce(client, kind));
      expect(error.code).toBe("internal");
      expect(error.message).toMatch(ERROR_ID);
      expect(JSON.stringify([error.message, [...error.metadata], error.details])).not.toContain(
        "secret of the house",
      );
      const id = ERROR_ID.exec(error.message)?.[1];
      const told = lines.filter(({ fields }) => fields["errorId"] === id);
      expect(told).toHaveLength(1);
      const line = JSON.stringify(told[0]);
      for (const part of ["secret of the house", "the deeper cause", "TypeError", "errors"])
        expect(line).toContain(part);
      expect(told[0]?.level).toBe("error");
    }
    expect(lines.filter(({ level }) => level === "error")).toHaveLength(4);
    expect(lines.filter(({ message }) => message === "call")).toHaveLength(4);
  });

  for (const unexpected of [false, true]) {
    test(`${unexpected ? "an unexpected error" : "an RpcError"} that quotes marked fields, of earlier messages too, is redacted in logs and for observers, on both sides`, async (stage) => {
      const { lines, logger } = memoryLogger();
      const secrets = ["first-canary", "second-canary", "response-canary"];
      const quotes = (): never => {
        const text = `cannot take ${secrets.join()}, plainly`;
        throw unexpected
          ? new TypeError(text, { cause: new Error(text) })
          : new RpcError("aborted", text);
      };
      const { client, serverBooks, clientBooks } = await stage.open({
        handlers: {
          unary: quotes,
          async *serverStream() {
            yield testMessage({ secret: "response-canary" });
            quotes();
          },
          async clientStream(requests) {
            await readAll(requests);
            return quotes();
          },
          async *bidiStream(requests) {
            yield testMessage({ secret: "response-canary" });
            await readAll(requests);
            quotes();
          },
        },
        server: { logger },
        channel: { logger },
      });
      const [first, second] = [{ secret: "first-canary" }, { secret: "second-canary" }];
      async function* oneByOne(): AsyncGenerator<{ secret?: string }> {
        yield* [first, second, {}];
      }
      const calls = {
        unary: { made: () => client.unary(first), hidden: ["first-canary"] },
        serverStream: {
          made: () => readAll(client.serverStream(second)),
          hidden: ["second-canary", "response-canary"],
        },
        clientStream: {
          made: () => client.clientStream(oneByOne()),
          hidden: ["first-canary", "second-canary"],
        },
        bidiStream: { made: () => readAll(client.bidiStream(oneByOne())), hidden: secrets },
      };
      for (const kind of KINDS) {
        const { made, hidden } = calls[kind];
        const error = await errorOf(made());
        expect(error.code).toBe(unexpected ? "internal" : "aborted");
        const written = JSON.stringify([
          lines.splice(0),
          serverBooks.calls.at(-1)?.message,
          clientBooks.calls.at(-1)?.message,
        ]);
        for (const secret of hidden) expect(written, kind).not.toContain(secret);
        if (!unexpected)
          expect(written.match(/plainly/g), "two lines and two observers").toHaveLength(4);
        else expect(written).toContain("plainly");
      }
    });
  }

  for (const thrown of ["a string", undefined, null, 42, { code: "not_found" }]) {
    test(`throwing ${JSON.stringify(thrown) ?? "undefined"} is INTERNAL too`, async (stage) => {
      const { client } = await stage.open({
        handlers: responding(() => {
          throw thrown;
        }),
      });
      for (const kind of KINDS)
        expect((await errorOf(callOnce(client, kind))).message).toMatch(ERROR_ID);
    });
  }

  test("a synchronous throw, and nothing at all for a response", async (stage) => {
    const throws = (): never => {
      throw new RpcError("aborted", "at once");
    };
    const sync = await stage.open({
      handlers: { unary: throws, serverStream: throws, clientStream: throws, bidiStream: throws },
    });
    for (const kind of KINDS)
      expect(await errorOf(callOnce(sync.client, kind))).toMatchObject({
        code: "aborted",
        message: "at once",
      });
    const none = (): never => undefined as never;
    const { client } = await stage.open({
      handlers: { unary: none, serverStream: none, clientStream: none, bidiStream: none },
    });
    for (const kind of KINDS)
      expect((await errorOf(callOnce(client, kind))).message).toMatch(ERROR_ID);
  });

  test("a throw after the call was cancelled fails nothing else", async (stage) => {
    const gate = createGate();
    const late = async (call: ServerCall): Promise<never> => {
      stage.log.add(`${call.method.name} runs`);
      await gate.passed;
      stage.log.add(`${call.method.name} throws`);
      throw new Error("too late");
    };
    const { client } = await stage.open({
      handlers: {
        ...responding(() => testMessage({ text: "alive" })),
        unary: async ({ text }, call) =>
          text === "" ? await late(call) : testMessage({ text: "alive" }),
        async *serverStream(_request, call) {
          yield await late(call);
        },
      },
    });
    const stop = new AbortController();
    const calls = [
      client.unary({}, { signal: stop.signal }),
      readAll(client.serverStream({}, { signal: stop.signal })),
    ].map(errorOf);
    await stage.log.until("Unary runs");
    await stage.log.until("ServerStream runs");
    stop.abort();
    for (const error of await Promise.all(calls)) expect(error.code).toBe("cancelled");
    gate.open();
    await stage.log.until("Unary throws");
    await stage.log.until("ServerStream throws");
    expect((await client.unary({ text: "?" })).text).toBe("alive");
  });

  test("an iterable of responses whose return() throws fails nothing else", async (stage) => {
    const { client } = await stage.open({
      handlers: {
        unary: async () => testMessage({ text: "alive" }),
        serverStream: (_request, call) => ({
          [Symbol.asyncIterator]: () => ({
            next: () =>
              new Promise((resolve) => {
                stage.log.add("asked");
                call.signal.addEventListener("abort", () =>
                  resolve({ done: false, value: testMessage() }),
                );
              }),
            return: () => {
              stage.log.add("returned");
              throw new Error("not now");
            },
          }),
        }),
      },
    });
    const stop = new AbortController();
    const reading = errorOf(readAll(client.serverStream({}, { signal: stop.signal })));
    await stage.log.until("asked");
    stop.abort();
    await reading;
    await stage.log.until("returned");
    expect((await client.unary({})).text).toBe("alive");
  });

  const translated: Readonly<
    Record<string, readonly [code: string, pushback: string | undefined]>
  > = {
    unavailable: ["unavailable", "-1"],
    resource_exhausted: ["unavailable", "-1"],
    permission_denied: ["internal", undefined],
    not_found: ["internal", undefined],
    deadline_exceeded: ["internal", undefined],
    cancelled: ["internal", undefined],
  };
  for (const [code, [responded, pushback]] of Object.entries(translated)) {
    test(`${code} of an outgoing call becomes ${responded}`, async (stage) => {
      const behind = await stage.open({
        handlers: responding(() => {
          throw new RpcError(code as "unavailable", "the other service's own words", {
            details: [badRequest({ a: "b" })],
            metadata: { "x-inner": "1" },
          });
        }),
      });
      const { client, serverBooks } = await stage.open({
        handlers: responding(async () => await behind.client.unary({})),
      });
      for (const kind of KINDS) {
        const error = await errorOf(callOnce(client, kind));
        expect(error.code).toBe(responded);
        expect(error.message).not.toContain("own words");
        expect(error.details).toEqual([]);
        expect(error.metadata.has("x-inner")).toBe(false);
        expect(error.metadata.get("grpc-retry-pushback-ms")).toBe(pushback);
        if (responded === "internal") expect(error.message).toMatch(ERROR_ID);
      }
      expect(serverBooks.calls.map(({ failures }) => failures.length)).toEqual(
        Array(4).fill(responded === "internal" ? 1 : 0),
      );
    });
  }

  test("forward() passes an outgoing call's error on as it is", async (stage) => {
    const behind = await stage.open({
      handlers: responding(() => {
        throw new RpcError("invalid_argument", "no such film", {
          details: [badRequest({ id: "unknown" })],
          metadata: { "x-inner": "1" },
        });
      }),
    });
    const { client } = await stage.open({
      handlers: responding(async () => {
        const error = await errorOf(behind.client.unary({}));
        throw error.forward();
      }),
    });
    for (const kind of KINDS) {
      const error = await errorOf(callOnce(client, kind));
      expect(error).toMatchObject({ code: "invalid_argument", message: "no such film" });
      expect(error.detail(BadRequest)?.fieldViolations[0]).toMatchObject({
        field: "id",
        description: "unknown",
      });
      expect(error.metadata.get("x-inner")).toBe("1");
    }
  });

  test("the handler's own deadline, passed while it waited for another, is DEADLINE_EXCEEDED", async (stage) => {
    const never = createGate();
    const behind = await stage.open({
      handlers: responding(async () => {
        await never.passed;
        return testMessage();
      }),
    });
    const { client, serverBooks } = await stage.open({
      handlers: responding(async () => await behind.client.unary({})),
    });
    for (const kind of KINDS)
      expect(await errorOf(callOnce(client, kind, { timeoutMs: 100 }))).toMatchObject({
        code: "deadline_exceeded",
      });
    never.open();
    expect(serverBooks.calls.flatMap(({ failures }) => failures)).toEqual([]);
  });

  test("unknown methods and services are UNIMPLEMENTED, and are observed", async (stage) => {
    const pair = await stage.open({ handlers: responding(() => testMessage()) });
    for (const [path, text] of [
      ["/tightwire.testing.v1.TestService/Nothing", "unknown method"],
      ["/nobody.v1.Service/Unary", "unknown service"],
    ] as const) {
      const methods = Object.fromEntries(
        Object.entries(TestService.methods).map(([name, method]) => [name, { ...method, path }]),
      );
      const lost = createClient({ ...TestService, methods }, pair.channel);
      for (const kind of KINDS) {
        const error = await errorOf(callOnce(lost, kind));
        expect(error).toMatchObject({ code: "unimplemented", origin: "peer" });
        expect(error.message).toContain(text);
        expect(error.message).toContain(path);
      }
      expect(
        pair.serverBooks.calls.filter((call) => call.path === path).map(({ code }) => code),
      ).toEqual(Array(4).fill("unimplemented"));
    }
    expect(await callOnce(pair.client, "unary")).toHaveLength(1);
  });
}
