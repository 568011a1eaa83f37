import { detach } from "@tightwire/core";
import {
  type ClientTransport,
  type Clock,
  type Connection,
  type Endpoint,
  type Random,
  type Report,
  type Status,
  StatusNumber,
  type Timer,
} from "@tightwire/core/runtime";
import { pickFirst } from "../balancer/pick-first.js";
import { backoffMs } from "./backoff.js";
import {
  type ConnectorEvent,
  type ConnectorState,
  failuresOf,
  transition,
} from "./connector-state.js";
import { WaitingCalls } from "./waiting-calls.js";

/** What a connector needs. */
export interface ConnectorParts {
  /** The target as error messages begin with it; reasons do not repeat an address in it. */
  readonly target: string;
  /** The message of calls that fail for want of a connection. */
  readonly failure: (reason: string) => string;
  /** Finds the addresses to connect to, for each round; rejects when there are none. */
  readonly addresses: () => Promise<readonly Endpoint[]>;
  readonly transport: ClientTransport;
  readonly timeoutMs: number;
  readonly maxMessageBytes: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly report: Report;
  /** Hears each new state. Must not throw. */
  readonly changed?: (state: ConnectorState) => void;
}

/** Keeps one connection to a target. */
export interface Connector {
  readonly state: ConnectorState;
  /** The connection for the next call; undefined when there is none now. */
  ready(): Connection | undefined;
  /**
   * Waits for a connection: exactly one of the two is called, later. Returns a function that stops
   * waiting.
   */
  acquire(ready: (connection: Connection) => void, failed: (status: Status) => void): () => void;
  /**
   * Fails the calls that wait and closes all connections, whose calls have `graceMs` milliseconds
   * to finish. Never rejects.
   */
  close(graceMs: number): Promise<void>;
}

/** How calls finish that a channel's user no longer wants. */
export const CHANNEL_CLOSED: Status = {
  code: StatusNumber.CANCELLED,
  message: "the channel was closed",
};

/**
 * Keeps one connection to the first endpoint that accepts one. It connects when a call needs it and
 * drops a connection that drains or closes. Calls wait while it connects. After a round in which no
 * endpoint accepted, it backs off: calls fail at once with the reason of that round. A connection
 * that is dropped before any response is not replaced sooner either, but then calls wait. All
 * of that runs detached from any call; each call that waited goes on in its own context.
 */
export function createConnector(parts: ConnectorParts): Connector {
  const { target, transport, timeoutMs, maxMessageBytes, clock, random, report } = parts;
  const waiting = new WaitingCalls();
  /** The one that takes calls, and those that drain. */
  const connections = new Set<Connection>();
  const closing = new AbortController();
  let state: ConnectorState = { kind: "idle" };
  /** Set while calls wait in the state "delayed". */
  let delay: Timer | undefined;

  function apply(event: ConnectorEvent): void {
    const before = state;
    state = transition(before, event);
    if (state !== before) parts.changed?.(state);
  }

  async function connect(): Promise<Connection> {
    const { signal } = closing;
    const options = { timeoutMs, maxMessageBytes, clock, random, report };
    return pickFirst({
      target,
      endpoints: await parts.addresses(),
      clock,
      signal,
      connectTo: (endpoint, wanted) => transport.connect(endpoint, { ...options, signal: wanted }),
    });
  }

  function connected(connection: Connection): void {
    if (state.kind === "closed") return void connection.close(0);
    connections.add(connection);
    const connectedAt = clock.now();
    let lost = undefined as Status | undefined;
    connection.onState((now, why) => {
      lost ??= why ?? DROPPED;
      apply({ kind: "dropped", connection, retryAt: retryAt(connectedAt) });
      if (now === "closed") connections.delete(connection);
    });
    // A connection that was dropped before it was handed over is none.
    if (lost !== undefined) return failed(lost.message);
    apply({ kind: "connected", connection });
    settle();
  }

  function failed(reason: string): void {
    const failure: Status = {
      code: StatusNumber.UNAVAILABLE,
      message: parts.failure(reason),
    };
    apply({ kind: "failed", failure, retryAt: retryAt(clock.now()) });
    waiting.fail(failure);
  }

  /** When the next round may start after one that finished at `since` without a response. */
  function retryAt(since: number): number {
    return since + backoffMs(failuresOf(state) + 1, random);
  }

  function ready(): Connection | undefined {
    return state.kind === "ready" ? state.connection : undefined;
  }

  /** What becomes of the calls that wait, by the state. */
  function settle(): void {
    waiting.serve(ready);
    if (!waiting.any) return;
    need();
    if (state.kind === "backoff") waiting.fail(state.failure);
    else if (state.kind === "closed") waiting.fail(CHANNEL_CLOSED);
  }

  /** A call needs a connection: starts a round of connecting, now or when that is allowed. */
  function need(): void {
    const before = state;
    apply({ kind: "needed", now: clock.now() });
    if (state.kind === "connecting" && before !== state)
      detach(() => void connect().then(connected, (error: unknown) => failed(reasonOf(error))));
    else if (state.kind === "delayed" && delay === undefined) {
      const ms = state.retryAt - clock.now();
      delay = detach(() => clock.setTimer(delayPassed, ms));
    }
  }

  function delayPassed(): void {
    delay = undefined;
    if (waiting.any) need();
  }

  function stopDelay(): void {
    delay?.cancel();
    delay = undefined;
  }

  return {
    get state() {
      return state;
    },
    ready,
    acquire(ready, failed) {
      const stop = waiting.add(ready, failed);
      need();
      // Not before this has returned.
      if (state.kind !== "connecting" && state.kind !== "delayed") queueMicrotask(settle);
      return () => {
        stop();
        if (!waiting.any) stopDelay();
      };
    },
    async close(graceMs) {
      apply({ kind: "closed" });
      closing.abort();
      stopDelay();
      waiting.fail(CHANNEL_CLOSED);
      await Promise.allSettled(
        [...connections].map((connection) => connection.close(graceMs, CHANNEL_CLOSED)),
      );
    },
  };
}

const DROPPED: Status = {
  code: StatusNumber.UNAVAILABLE,
  message: "the connection was dropped at once",
};

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
