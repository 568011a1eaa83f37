import {
  type CallScope,
  type Connection,
  type ConnectionState,
  createScopeRunner,
  currentScope,
  type Status,
  SYSTEM,
} from "@tightwire/core/runtime";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { resolveTarget, systemLookup } from "../resolver/resolve-target.js";
import { parseTarget } from "../resolver/target.js";
import { createConnector } from "./connector.js";

const runInScope = createScopeRunner();

beforeEach(() => void vi.useFakeTimers());

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

interface FakeConnection extends Connection {
  responded: boolean;
  become(state: ConnectionState): void;
  readonly closedWith: readonly number[];
}

/** A connection whose state the test sets. */
function fakeConnection(address: string): FakeConnection {
  let state: ConnectionState = "ready";
  let changed: (state: ConnectionState) => void = () => {};
  const closedWith: number[] = [];
  const connection: FakeConnection = {
    info: { address, protocol: "fake" },
    closedWith,
    responded: true,
    get capacity() {
      return state === "ready" ? 1 : 0;
    },
    onState(listener) {
      changed = listener;
      if (state !== "ready") listener(state);
    },
    become(next) {
      state = next;
      changed(next);
    },
    unary: vi.fn(),
    stream: vi.fn(),
    close(graceMs) {
      closedWith.push(graceMs);
      connection.become("closed");
      return Promise.resolve();
    },
  };
  return connection;
}

/** How the transport of a test connects. */
interface FakeOptions {
  /** Once the test calls `release`. */
  readonly held?: boolean;
  /** Is told of each connection before it is handed over. */
  readonly made?: (connection: FakeConnection) => void;
}

/** A connector over a transport that connects to every address except those in `down`. */
function openConnector(text: string, { held = false, made: tell }: FakeOptions = {}) {
  const down = new Set<string>();
  const tried: string[] = [];
  const made: FakeConnection[] = [];
  const scopes: unknown[] = [];
  let release = (): void => {};
  const released = held ? new Promise<void>((resolve) => (release = resolve)) : undefined;
  const connector = createConnector({
    target: text,
    failure: (reason) => `cannot connect to ${text}: ${reason}`,
    addresses: () => resolveTarget(parseTarget(text), systemLookup),
    ...SYSTEM,
    report: () => {},
    timeoutMs: 70,
    maxMessageBytes: 7,
    transport: {
      name: "fake",
      capabilities: { compressRequests: false, compressResponses: false, knowsOutcome: true },
      async connect({ address }, options) {
        expect(options).toMatchObject({ timeoutMs: 70, maxMessageBytes: 7 });
        tried.push(address);
        scopes.push(currentScope());
        await released;
        if (down.has(address)) throw new Error("refused");
        const connection = fakeConnection(address);
        made.push(connection);
        tell?.(connection);
        return connection;
      },
    },
  });
  const acquire = (): Promise<Connection | Status> =>
    new Promise((resolve) => void connector.acquire(resolve, resolve));
  return { connector, down, tried, made, scopes, acquire, release: () => release() };
}

const CLOSED: Status = { code: 1, message: "the channel was closed" };
const unavailable = (message: string): Status => ({ code: 14, message });

test("a call that waits although a connection is ready gets it, later", async () => {
  const { connector, made, acquire } = openConnector("static:///a:1");
  await acquire();
  const ready = vi.fn();
  connector.acquire(ready, ready);
  expect(ready).not.toHaveBeenCalled();
  expect(await acquire()).toBe(made[0]);
  expect(ready.mock.calls).toEqual([[made[0]]]);
  expect(made).toHaveLength(1);
});

test("connects when a call needs it, and all calls that wait share the one connection", async () => {
  const { connector, tried, made, acquire, release } = openConnector("static:///a:1", {
    held: true,
  });
  expect(tried).toEqual([]);
  const waiting = [acquire(), acquire(), acquire()];
  await vi.advanceTimersByTimeAsync(0);
  expect([connector.ready(), tried]).toEqual([undefined, ["a:1"]]);
  release();
  for (const connection of await Promise.all(waiting)) expect(connection).toBe(made[0]);
  expect(connector.ready()).toBe(made[0]);
  expect(made).toHaveLength(1);
});

test("a call that stops waiting is not called back, and the others are", async () => {
  const { connector, acquire, made, release } = openConnector("static:///a:1", { held: true });
  const calledBack = vi.fn();
  const stopWaiting = connector.acquire(calledBack, calledBack);
  const other = acquire();
  stopWaiting();
  release();
  expect(await other).toBe(made[0]);
  expect(calledBack).not.toHaveBeenCalled();
});

test("connects to the first endpoint that accepts", async () => {
  const { down, tried, made, acquire } = openConnector("static:///a:1,b:2,c:3");
  down.add("a:1");
  expect(await acquire()).toBe(made[0]);
  expect([tried, made[0]?.info.address]).toEqual([["a:1", "b:2"], "b:2"]);
});

test("when no endpoint accepts, every call that waits fails with the reason of each, named once", async () => {
  const { down, acquire } = openConnector("static:///a:1,b:2");
  for (const address of ["a:1", "b:2"]) down.add(address);
  const status = unavailable("cannot connect to static:///a:1,b:2: a:1: refused; b:2: refused");
  expect(await Promise.all([acquire(), acquire()])).toEqual([status, status]);
});

test("during backoff calls fail with the last reason and nothing is tried; the backoff doubles, and starts again after a success", async () => {
  vi.spyOn(Math, "random").mockReturnValue(1);
  const { down, tried, made, acquire } = openConnector("static:///a:1");
  const status = unavailable("cannot connect to static:///a:1: refused");
  down.add("a:1");
  for (const waitMs of [100, 200, 400]) {
    const before = tried.length;
    expect(await acquire()).toEqual(status);
    vi.advanceTimersByTime(waitMs - 1);
    expect(await acquire()).toEqual(status);
    expect(tried).toHaveLength(before + 1);
    vi.advanceTimersByTime(1);
  }
  down.clear();
  expect(await acquire()).toBe(made[0]);
  made[0]?.become("closed");
  down.add("a:1");
  expect(await acquire()).toEqual(status);
  vi.advanceTimersByTime(100);
  down.clear();
  expect(await acquire()).toBe(made[1]);
});

test("the backoff is at most ten seconds", async () => {
  vi.spyOn(Math, "random").mockReturnValue(1);
  const { down, tried, acquire } = openConnector("static:///a:1");
  down.add("a:1");
  for (let round = 0; round < 12; round++) {
    await acquire();
    vi.advanceTimersByTime(10_000);
  }
  expect(tried).toHaveLength(12);
});

/** Needs a connection again and again, as a busy client does, and counts the connections made. */
async function connectionsIn(ms: number, made: FakeOptions["made"]): Promise<number> {
  const opened = openConnector("static:///a:1", made === undefined ? {} : { made });
  const stopped = { now: false };
  void (async () => {
    while (!stopped.now) {
      await opened.acquire();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  })();
  await vi.advanceTimersByTimeAsync(ms);
  stopped.now = true;
  await opened.connector.close(0);
  return opened.made.length;
}

/** Drops a connection in the next turn, as a server that sends GOAWAY at once. */
const dropSoon = (connection: FakeConnection): void =>
  void setTimeout(() => connection.become("draining"), 0);

test("a server that drops each connection before any response is connected to less and less often", async () => {
  vi.spyOn(Math, "random").mockReturnValue(1);
  // Waits of 100, 200, 400, 800, 1,600, 3,200 and 6,400 ms end within 12.8 s.
  const count = await connectionsIn(12_800, (connection) => {
    connection.responded = false;
    dropSoon(connection);
  });
  expect(count).toBe(8);
});

test("a connection that is dropped after a response is replaced at once", async () => {
  vi.spyOn(Math, "random").mockReturnValue(1);
  expect(await connectionsIn(100, dropSoon)).toBeGreaterThan(20);
});

test("a connection that lasted is replaced at once, even without a response", async () => {
  vi.spyOn(Math, "random").mockReturnValue(1);
  const { made, acquire } = openConnector("static:///a:1", {
    made: (connection) => {
      connection.responded = false;
    },
  });
  await acquire();
  vi.advanceTimersByTime(100);
  made[0]?.become("draining");
  expect(await acquire()).toBe(made[1]);
});

test("a connection that is no longer ready when it comes is a failure to connect", async () => {
  vi.spyOn(Math, "random").mockReturnValue(1);
  const drop = (connection: FakeConnection): void => connection.become("closed");
  const { acquire } = openConnector("static:///a:1", { made: drop });
  expect(await acquire()).toEqual(
    unavailable("cannot connect to static:///a:1: the connection was dropped at once"),
  );
});

test("calls wait while a connection without a response is replaced, and stop waiting when told", async () => {
  vi.spyOn(Math, "random").mockReturnValue(1);
  const { connector, made, acquire } = openConnector("static:///a:1", {
    made: (connection) => {
      connection.responded = false;
    },
  });
  await acquire();
  made[0]?.become("draining");
  const left = vi.fn();
  connector.acquire(left, left)();
  expect(vi.getTimerCount()).toBe(0);
  const waiting = acquire();
  await vi.advanceTimersByTimeAsync(99);
  expect([made.length, connector.ready()]).toEqual([1, undefined]);
  await vi.advanceTimersByTimeAsync(1);
  expect(await waiting).toBe(made[1]);
  expect(left).not.toHaveBeenCalled();
});

test("close while calls wait to connect again fails them, and leaves no timer", async () => {
  const { connector, made, acquire } = openConnector("static:///a:1", {
    made: (connection) => {
      connection.responded = false;
    },
  });
  await acquire();
  made[0]?.become("draining");
  const waiting = acquire();
  expect(vi.getTimerCount()).toBe(1);
  await connector.close(0);
  expect(await waiting).toEqual(CLOSED);
  expect(vi.getTimerCount()).toBe(0);
});

test("close while several endpoints are tried leaves no timer", async () => {
  const { connector, acquire, tried } = openConnector("static:///a:1,b:2,c:3", { held: true });
  const waiting = acquire();
  await vi.advanceTimersByTimeAsync(250);
  expect(tried).toEqual(["a:1", "b:2"]);
  await connector.close(0);
  expect(await waiting).toEqual(CLOSED);
  expect(vi.getTimerCount()).toBe(0);
});

test("a call that waits does not get a connection that is dropped before it is told", async () => {
  const { connector, made, acquire } = openConnector("static:///a:1");
  await acquire();
  const told = vi.fn();
  connector.acquire(told, told);
  made[0]?.become("closed");
  await vi.advanceTimersByTimeAsync(0);
  expect(told.mock.calls).toEqual([[made[1]]]);
});

test("each call that waited goes on in its own context", async () => {
  const { connector, release } = openConnector("static:///a:1", { held: true });
  const scopes: unknown[] = [];
  const first = { deadline: 1 } as CallScope;
  const second = { deadline: 2 } as CallScope;
  const note = (): void => void scopes.push(currentScope());
  for (const scope of [first, second]) runInScope(scope, () => void connector.acquire(note, note));
  release();
  await vi.advanceTimersByTimeAsync(0);
  expect(scopes).toEqual([first, second]);
});

test.each(["draining", "closed"] as const)(
  "a %s connection accepts no new call, and the next call gets another one",
  async (state) => {
    const { connector, made, acquire } = openConnector("static:///a:1");
    await acquire();
    made[0]?.become(state);
    expect(connector.ready()).toBeUndefined();
    expect(await acquire()).toBe(made[1]);
    expect(connector.ready()).toBe(made[1]);
    made[0]?.become("closed");
    expect(connector.ready()).toBe(made[1]);
  },
);

test("close closes every connection, a draining one too, and later calls fail", async () => {
  const { connector, made, acquire } = openConnector("static:///a:1");
  await acquire();
  made[0]?.become("draining");
  await acquire();
  made[1]?.become("closed");
  await acquire();
  await connector.close(30);
  expect(made.map(({ closedWith }) => closedWith)).toEqual([[30], [], [30]]);
  expect(connector.ready()).toBeUndefined();
  expect(await acquire()).toEqual(CLOSED);
});

test("close while it connects fails the calls that wait, and closes a connection that comes later at once", async () => {
  const { connector, made, acquire, release } = openConnector("static:///a:1", { held: true });
  const waiting = acquire();
  await vi.advanceTimersByTimeAsync(0);
  await connector.close(30);
  expect(await waiting).toEqual(CLOSED);
  release();
  await vi.advanceTimersByTimeAsync(0);
  expect(made.map(({ closedWith }) => closedWith)).toEqual([[0]]);
  expect(connector.ready()).toBeUndefined();
});

test("connects detached from the call that needs it", async () => {
  const { scopes, acquire } = openConnector("static:///a:1");
  await runInScope({ deadline: 0 } as CallScope, acquire);
  expect(scopes).toEqual([undefined]);
});
