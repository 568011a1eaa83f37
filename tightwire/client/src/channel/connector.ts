import { detach } from "@tightwire/core";
import {
  type ClientTransport,
  type Clock,
  type Connection,
  type Random,
  type Status,
  StatusNumber,
} from "@tightwire/core/runtime";
import { pickFirst } from "../balancer/pick-first.js";
import { resolveTarget } from "../resolver/resolve-target.js";
import type { Target } from "../resolver/target.js";
import { backoffMs } from "./backoff.js";
import {
  type ConnectorEvent,
  type ConnectorState,
  failuresOf,
  transition,
} from "./connector-state.js";

/** What a connector needs. */
export interface ConnectorParts {
  readonly target: Target;
  readonly transport: ClientTransport;
  readonly timeoutMs: number;
  readonly maxMessageBytes: number;
  readonly clock: Clock;
  readonly random: Random;
}

/** Keeps one connection to a target. */
export interface Connector {
  /** The connection for the next call; undefined when there is none now. */
  ready(): Connection | undefined;
  /**
   * Waits for a connection: exactly one of the two is called, later. Returns a function that stops
   * waiting.
   */
  acquire(ready: (connection: Connection) => void, failed: (status: Status) => void): () => void;
  /** Fails the calls that wait and closes all connections. Never rejects. */
  close(graceMs: number): Promise<void>;
}

interface Waiter {
  readonly ready: (connection: Connection) => void;
  readonly failed: (status: Status) => void;
}

/** How calls on a closed channel fail. */
const CHANNEL_CLOSED: Status = { code: StatusNumber.CANCELLED, message: "the channel was closed" };

/**
 * Keeps one connection to the first endpoint that accepts one. It connects when a call needs it and
 * drops a connection that drains or closes. Calls wait while it connects. After a round in which no
 * endpoint accepted, it backs off: calls fail at once with the reason of that round. All of it runs
 * detached from any call.
 */
export function createConnector(parts: ConnectorParts): Connector {
  const { target, transport, timeoutMs, maxMessageBytes, clock, random } = parts;
  const waiters = new Set<Waiter>();
  /** The one that takes calls, and those that drain. */
  const connections = new Set<Connection>();
  const closing = new AbortController();
  let state: ConnectorState = { kind: "idle" };

  function apply(event: ConnectorEvent): void {
    state = transition(state, event);
  }

  async function connect(): Promise<Connection> {
    const { signal } = closing;
    const options = { timeoutMs, maxMessageBytes, signal, clock, random };
    return pickFirst(target.text, await resolveTarget(target), signal, (endpoint) =>
      transport.connect(endpoint, options),
    );
  }

  function connected(connection: Connection): void {
    // A transport may miss the abort.
    if (state.kind === "closed") return void connection.close(0);
    connections.add(connection);
    apply({ kind: "connected", connection });
    connection.onState((now) => {
      apply({ kind: "dropped", connection });
      if (now === "closed") connections.delete(connection);
    });
    for (const waiter of takeWaiters()) waiter.ready(connection);
  }

  function failed(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    const failure: Status = {
      code: StatusNumber.UNAVAILABLE,
      message: `cannot connect to ${target.text}: ${reason}`,
    };
    const retryAt = clock.now() + backoffMs(failuresOf(state) + 1, random);
    apply({ kind: "failed", failure, retryAt });
    for (const waiter of takeWaiters()) waiter.failed(failure);
  }

  function takeWaiters(): Waiter[] {
    const all = [...waiters];
    waiters.clear();
    return all;
  }

  /** Calls back later, if the call still waits then. */
  function later(waiter: Waiter, tell: () => void): void {
    queueMicrotask(() => {
      if (waiters.delete(waiter)) tell();
    });
  }

  /** What happens to a call that waits, by the state. */
  function serve(waiter: Waiter): void {
    const before = state;
    apply({ kind: "needed", now: clock.now() });
    if (state.kind === "closed") later(waiter, () => waiter.failed(CHANNEL_CLOSED));
    else if (state.kind === "backoff") {
      const { failure } = state;
      later(waiter, () => waiter.failed(failure));
    } else if (state.kind === "ready") {
      const { connection } = state;
      later(waiter, () => waiter.ready(connection));
    } else if (before !== state) void detach(connect).then(connected, failed);
  }

  return {
    ready: () => (state.kind === "ready" ? state.connection : undefined),
    acquire(ready, failed) {
      const waiter = { ready, failed };
      waiters.add(waiter);
      serve(waiter);
      return () => void waiters.delete(waiter);
    },
    async close(graceMs) {
      apply({ kind: "closed" });
      closing.abort();
      for (const waiter of takeWaiters()) waiter.failed(CHANNEL_CLOSED);
      await Promise.allSettled([...connections].map((connection) => connection.close(graceMs)));
    },
  };
}
