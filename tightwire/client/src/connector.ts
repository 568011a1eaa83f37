import { detach } from "@tightwire/core";
import {
  type ClientTransport,
  type Clock,
  type Connection,
  type Endpoint,
  type Random,
  type Status,
  StatusNumber,
} from "@tightwire/core/runtime";
import { resolveTarget } from "./resolve.js";
import type { Target } from "./target.js";

/** What a connector is made of. */
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
  ready(): Connection | undefined;
  acquire(ready: (connection: Connection) => void, failed: (why: Status) => void): () => void;
  close(graceMs: number): Promise<void>;
}

interface Waiter {
  readonly ready: (connection: Connection) => void;
  readonly failed: (why: Status) => void;
}

/** Why calls on a closed channel fail. */
const CHANNEL_CLOSED: Status = { code: StatusNumber.CANCELLED, message: "the channel was closed" };

/**
 * Waits after failed rounds of connecting: doubled each time, with full jitter, from the first to
 * the last of these (milliseconds).
 */
const BACKOFF_MS = { first: 100, last: 10_000 };

/**
 * Keeps one connection to the first endpoint that takes one. It connects when a call needs it,
 * drops a connection that drains or is lost, and after a round in which no endpoint answered it
 * makes calls wait for the next one; while it backs off they fail at once, with the reason of the
 * last failure. All of it runs detached from any call.
 */
export function createConnector({
  target,
  transport,
  timeoutMs,
  maxMessageBytes,
  clock,
  random,
}: ConnectorParts): Connector {
  const waiters = new Set<Waiter>();
  const connections = new Set<Connection>();
  const closing = new AbortController();
  let current: Connection | undefined;
  let connecting = false;
  let failures = 0;
  let retryAt = 0;
  let lastFailure: Status | undefined;

  async function connectOnce(): Promise<Connection> {
    const endpoints = await resolveTarget(target);
    const reasons: string[] = [];
    for (const endpoint of endpoints) {
      closing.signal.throwIfAborted();
      try {
        return await transport.connect(endpoint, {
          timeoutMs,
          maxMessageBytes,
          signal: closing.signal,
          clock,
          random,
        });
      } catch (error) {
        reasons.push(describe(endpoint, error, endpoints.length === 1 ? target.text : ""));
      }
    }
    throw new Error(reasons.join("; "));
  }

  function connected(connection: Connection): void {
    connecting = false;
    // A transport may hear of the end too late.
    if (closing.signal.aborted) return void connection.close(0);
    connections.add(connection);
    failures = 0;
    current = connection;
    connection.onState((state) => {
      if (current === connection) current = undefined;
      if (state === "closed") connections.delete(connection);
    });
    for (const waiter of takeWaiters()) waiter.ready(connection);
  }

  function refused(error: unknown): void {
    connecting = false;
    failures++;
    retryAt =
      clock.now() +
      random.next() * Math.min(BACKOFF_MS.first * 2 ** (failures - 1), BACKOFF_MS.last);
    lastFailure = {
      code: StatusNumber.UNAVAILABLE,
      message: `cannot connect to ${target.text}: ${messageOf(error)}`,
    };
    for (const waiter of takeWaiters()) waiter.failed(lastFailure);
  }

  function takeWaiters(): Waiter[] {
    const all = [...waiters];
    waiters.clear();
    return all;
  }

  function connect(): void {
    if (connecting) return;
    connecting = true;
    void detach(connectOnce).then(connected, refused);
  }

  return {
    ready: () => current,
    acquire(ready, failed) {
      const waiter = { ready, failed };
      const closed = closing.signal.aborted;
      if (closed || (lastFailure !== undefined && failures > 0 && clock.now() < retryAt)) {
        const why = closed ? CHANNEL_CLOSED : (lastFailure as Status);
        queueMicrotask(() => {
          if (waiters.delete(waiter)) failed(why);
        });
        waiters.add(waiter);
      } else {
        waiters.add(waiter);
        connect();
      }
      return () => void waiters.delete(waiter);
    },
    async close(graceMs) {
      closing.abort();
      current = undefined;
      for (const waiter of takeWaiters()) waiter.failed(CHANNEL_CLOSED);
      await Promise.allSettled([...connections].map((connection) => connection.close(graceMs)));
    },
  };
}

/**
 * Why an endpoint took no connection. It is named once: not where the reason, or the target when it
 * is the only one, names it already.
 */
function describe(endpoint: Endpoint, error: unknown, onlyOneOf: string): string {
  const reason = messageOf(error);
  const bare = endpoint.address.replace(/^unix:/, "").replace(/[[\]]/g, "");
  return onlyOneOf.includes(endpoint.address) || reason.includes(bare)
    ? reason
    : `${endpoint.address}: ${reason}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
