import { detach } from "@tightwire/core";
import { type ClientTransport, currentScope, type OutgoingCall } from "@tightwire/core/runtime";
import { aborted, createGate, errorOf, eventually } from "@tightwire/testing";
import { expect } from "vitest";
import { expireOnce } from "../expiry.js";
import type { Pair, Stage } from "../stage.js";
import type { Suite } from "../suite.js";
import { callOnce, KINDS, responding } from "../test-handlers.js";
import { testMessage } from "../test-messages.js";

/** A transport that notes each call that goes out over it. */
function noting(transport: ClientTransport, calls: OutgoingCall[]): ClientTransport {
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
        unary: (call, message, sink) => {
          calls.push(call);
          return connection.unary(call, message, sink);
        },
        stream: (call, sink) => {
          calls.push(call);
          return connection.stream(call, sink);
        },
        close: (graceMs, status) => connection.close(graceMs, status),
      };
    },
  };
}

/** A service behind, and a client of it that notes its calls. */
async function openBehind(
  stage: Stage,
  until?: Promise<void>,
): Promise<{ pair: Pair; client: Pair["client"]; outgoing: OutgoingCall[] }> {
  const pair = await stage.open({
    handlers: responding(async (call) => {
      call.signal.addEventListener("abort", () => stage.log.add("behind aborted"));
      stage.log.add("behind runs");
      await until;
      return testMessage();
    }),
  });
  const outgoing: OutgoingCall[] = [];
  const { client } = stage.channelTo(pair, { transport: noting(pair.transport, outgoing) });
  return { pair, client, outgoing };
}

/** What calls made inside a handler inherit. */
export function inheritance({ test, subject }: Suite): void {
  for (const kind of KINDS) {
    test(`a call made while handling ${kind} inherits deadline and trace, and no metadata`, async (stage) => {
      const { client: behind, outgoing } = await openBehind(stage);
      let parent = Number.NaN;
      const { client } = await stage.open({
        handlers: responding(async () => {
          parent = currentScope()?.deadline ?? Number.NaN;
          await behind.unary({}, { timeoutMs: 60_000 });
          await behind.unary({}, { timeoutMs: Number.POSITIVE_INFINITY });
          await callOnce(behind, "serverStream");
          await callOnce(behind, "bidiStream", { timeoutMs: 1_000 });
          return testMessage();
        }),
      });
      const metadata = {
        traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        tracestate: "a=b",
        authorization: "token",
        "x-own": "1",
      };
      await callOnce(client, kind, { metadata, timeoutMs: 9_000 });
      const reserve = subject.hop ? 20 : 0;
      for (const { deadline } of outgoing.slice(0, 3))
        expect(deadline - (parent - reserve)).toBeCloseTo(0, 1);
      expect(outgoing[3]?.deadline, "its own is nearer").toBeLessThan(parent - 5_000);
      for (const call of outgoing) {
        expect([...call.metadata]).toEqual([
          ["traceparent", metadata.traceparent],
          ["tracestate", "a=b"],
        ]);
      }
    });

    test(`cancelling ${kind} cancels the calls that its handler made`, async (stage) => {
      const never = createGate();
      const { client: behind } = await openBehind(stage, never.passed);
      const { client } = await stage.open({
        handlers: responding(async () => {
          const codes = await Promise.all(
            KINDS.map(async (inner) => (await errorOf(callOnce(behind, inner))).code),
          );
          stage.log.add(codes.join());
          return testMessage();
        }),
      });
      const stop = new AbortController();
      const call = errorOf(callOnce(client, kind, { signal: stop.signal }));
      await stage.log.until("behind runs");
      stop.abort();
      expect((await call).code).toBe("cancelled");
      await stage.log.until("cancelled,cancelled,cancelled,cancelled");
      never.open();
    });
  }

  test("the reserve is 5 % of what is left when that is less than 20 ms", async (stage) => {
    const { client: behind, outgoing } = await openBehind(stage);
    let deadline = Number.NaN;
    let before = Number.NaN;
    const { client } = await stage.open({
      handlers: responding(async (call) => {
        deadline = currentScope()?.deadline ?? Number.NaN;
        before = call.timeLeftMs;
        await behind.unary({}).catch(() => {});
        return testMessage();
      }),
    });
    await client.unary({}); // connects both
    for (let tries = 0; outgoing.length < 2 && tries < 10; tries++)
      await client.unary({}, { timeoutMs: 250 }).catch(() => {});
    const reserve = deadline - (outgoing[1]?.deadline ?? Number.NaN);
    if (subject.hop) {
      expect(reserve).toBeGreaterThan(0);
      expect(reserve).toBeLessThanOrEqual(before * 0.05);
    } else expect(reserve).toBeCloseTo(0, 6);
  });

  test("with nothing left a call fails without touching the network", async (stage) => {
    const { client: behind, outgoing } = await openBehind(stage);
    const { client } = await stage.open({
      handlers: responding(async (call) => {
        stage.log.add("runs");
        await aborted(call.signal);
        for (const kind of KINDS) {
          const { code, outcome } = await errorOf(callOnce(behind, kind));
          stage.log.add(`${code} ${outcome}`);
        }
        return testMessage();
      }),
    });
    const runs = (): boolean => stage.log.entries.includes("runs");
    expect((await expireOnce(runs, (timeoutMs) => client.unary({}, { timeoutMs }))).code).toBe(
      "deadline_exceeded",
    );
    // Over a network the caller's clock may be the first to end it, and all that is told then is
    // that it did.
    const ends = [
      "deadline_exceeded not-processed",
      ...(subject.hop ? ["cancelled not-processed"] : []),
    ];
    await eventually(() => expect(stage.log.entries.some((one) => ends.includes(one))).toBe(true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(stage.log.entries.filter((one) => ends.includes(one))).toHaveLength(4);
    expect(outgoing).toEqual([]);
  });

  test("a handler's normal end does not cancel what it began", async (stage) => {
    const gate = createGate();
    const { client: behind } = await openBehind(stage, gate.passed);
    let began: Promise<unknown> = Promise.resolve();
    const { client } = await stage.open({
      handlers: responding(async () => {
        began = behind.unary({});
        await stage.log.until("behind runs");
        return testMessage();
      }),
    });
    await client.unary({});
    gate.open();
    await began;
    expect(stage.log.entries).toEqual(["behind runs"]);
  });

  test("detach() and detached inherit nothing", async (stage) => {
    const gate = createGate();
    const { client: behind, outgoing } = await openBehind(stage, gate.passed);
    const detached: Promise<unknown>[] = [];
    const { client } = await stage.open({
      handlers: responding(async (call) => {
        detached.push(behind.unary({}, { detached: true, timeoutMs: 60_000 }));
        detached.push(detach(() => behind.unary({}, { timeoutMs: 60_000 })));
        await aborted(call.signal);
        stage.log.add("parent aborted");
        return testMessage();
      }),
    });
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const runs = (): boolean => detached.length > 0;
    const error = await expireOnce(runs, (timeoutMs) =>
      client.unary({}, { timeoutMs, metadata: { traceparent } }),
    );
    expect(error.code).toBe("deadline_exceeded");
    await stage.log.until("parent aborted");
    await stage.log.until("behind runs");
    expect(outgoing).toHaveLength(2);
    for (const { deadline, metadata } of outgoing) {
      expect(deadline).toBeGreaterThan(performance.now() + 30_000);
      expect(metadata.size).toBe(0);
    }
    gate.open();
    await Promise.all(detached);
    expect(stage.log.entries).not.toContain("behind aborted");
  });

  test("a channel first used inside a call of 50 ms works when that is long over", async (stage) => {
    const { client: behind } = await openBehind(stage);
    let first: Promise<unknown> | undefined;
    const { client } = await stage.open({
      handlers: responding(async (call) => {
        first = behind.unary({}).catch(() => {});
        await aborted(call.signal);
        return testMessage();
      }),
    });
    const runs = (): boolean => first !== undefined;
    expect((await expireOnce(runs, (timeoutMs) => client.unary({}, { timeoutMs }))).code).toBe(
      "deadline_exceeded",
    );
    await first;
    for (const kind of KINDS) expect(await callOnce(behind, kind)).toHaveLength(1);
  });

  test("a generator's body runs in the context of its call from first to last", async (stage) => {
    const scopes = new Set<unknown>();
    const { client } = await stage.open({
      handlers: {
        async *serverStream() {
          for (let count = 0; count < 200; count++) {
            scopes.add(currentScope());
            yield testMessage({ payload: new Uint8Array(8_192) });
          }
          scopes.add(currentScope());
        },
      },
    });
    for await (const _one of client.serverStream({}))
      await new Promise((resolve) => setImmediate(resolve));
    expect(scopes.size).toBe(1);
    expect([...scopes][0]).toBeDefined();
    expect(currentScope()).toBeUndefined();
  });

  test("handlers know the peer, and of a call nothing of its caller's context", async (stage) => {
    const peers: (string | undefined)[] = [];
    const { client: inner } = await stage.open({
      handlers: responding((call) => {
        peers.push(call.peer.identity);
        stage.log.add(call.peer.kind);
        return testMessage();
      }),
    });
    const { client } = await stage.open({ handlers: responding(() => inner.unary({})) });
    await client.unary({});
    await inner.unary({});
    expect(peers).toEqual([subject.identity, subject.identity]);
    expect(stage.log.entries).toEqual(Array(2).fill(subject.hop ? "network" : "in-process"));
  });
}
