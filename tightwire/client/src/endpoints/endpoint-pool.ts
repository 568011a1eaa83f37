import { detach, type Outcome } from "@tightwire/core";
import {
  type Clock,
  type Connection,
  type Endpoint,
  type Random,
  type Report,
  type Status,
  StatusNumber,
} from "@tightwire/core/runtime";
import type { Balancer, BalancerFactory } from "../balancer/balancer.js";
import type { AttemptWatch, WatchedAttempt } from "../channel/channel.js";
import { CHANNEL_CLOSED, type Connector } from "../channel/connector.js";
import type { ConnectorState } from "../channel/connector-state.js";
import type { EndpointSource } from "../resolver/endpoint-source.js";
import { type AttemptOwner, EndpointAttempt } from "./endpoint-attempt.js";
import type { EndpointStatus } from "./endpoint-status.js";
import { type EndpointOwner, ManagedEndpoint } from "./managed-endpoint.js";
import { afterFailure, afterSuccess } from "./standing.js";
import { WaitingCalls } from "./waiting-calls.js";

/** What a pool needs. */
export interface PoolParts {
  /** What the user wrote. */
  readonly target: string;
  readonly source: EndpointSource;
  readonly balancer: BalancerFactory;
  /** The message of calls that fail for want of a connection. */
  readonly failure: (reason: string) => string;
  /** Makes the connector of one endpoint, which may have several addresses. */
  readonly connect: (
    addresses: readonly Endpoint[],
    changed: (state: ConnectorState) => void,
  ) => Connector;
  readonly clock: Clock;
  readonly random: Random;
  readonly report: Report;
}

/**
 * The endpoints of a channel that may have several. All of them are connected to once a call needs
 * one, and the balancer picks from those that are ready. One that fails again and again is set
 * aside for a while, but never more than half of them: then the fault is elsewhere.
 */
export class EndpointPool implements EndpointOwner, AttemptOwner, AttemptWatch {
  readonly clock: Clock;
  now = 0;
  readonly #parts: PoolParts;
  readonly #balancer: Balancer;
  /** By their addresses. */
  readonly #endpoints = new Map<string, ManagedEndpoint>();
  /** Those that take calls. */
  #candidates: ManagedEndpoint[] = [];
  /** Those that were set aside, are ready, and are due for a probe. */
  readonly #due = new Set<ManagedEndpoint>();
  readonly #waiting = new WaitingCalls();
  /** Where connections belong. */
  readonly #owners = new WeakMap<Connection, ManagedEndpoint>();
  #closed = false;

  constructor(parts: PoolParts) {
    this.clock = parts.clock;
    this.#parts = parts;
    this.#balancer = parts.balancer({ clock: parts.clock, random: parts.random });
    parts.source.listen(
      (endpoints) => this.#resolved(endpoints),
      () => this.#failWaiting(),
    );
  }

  get endpoints(): EndpointStatus[] {
    this.now = this.clock.now();
    return [...this.#endpoints.values()].map(({ address, state, inFlight, latencyMs }) => ({
      address,
      state,
      inFlight,
      latencyMs,
    }));
  }

  /** One endpoint is used whatever comes of its attempts. */
  get #watches(): boolean {
    return this.#endpoints.size > 1;
  }

  started(connection: Connection): WatchedAttempt | undefined {
    const endpoint = this.#watches ? this.#owners.get(connection) : undefined;
    return endpoint === undefined ? undefined : new EndpointAttempt(this, endpoint, connection);
  }

  /** The connection for the next attempt, which is counted; undefined when there is none now. */
  ready(): Connection | undefined {
    this.#parts.source.used();
    this.now = this.clock.now();
    const endpoint = this.#pick();
    if (endpoint === undefined) return undefined;
    if (this.#watches) endpoint.inFlight++;
    return endpoint.connection;
  }

  #pick(): ManagedEndpoint | undefined {
    const candidates = this.#candidates;
    for (const endpoint of this.#due) {
      this.#due.delete(endpoint);
      if (endpoint.standing.kind !== "aside") continue;
      endpoint.standing = { kind: "probed", times: endpoint.standing.times };
      return endpoint;
    }
    if (candidates.length > 1) return this.#balance(candidates);
    if (candidates.length === 1) return candidates[0];
    // Better one that failed than none.
    for (const endpoint of this.#endpoints.values())
      if (endpoint.connection !== undefined) return endpoint;
    return undefined;
  }

  #balance(candidates: readonly ManagedEndpoint[]): ManagedEndpoint {
    try {
      const picked = this.#balancer.pick(candidates, this.now) as ManagedEndpoint;
      if (picked instanceof ManagedEndpoint && picked.connection !== undefined) return picked;
      throw new TypeError("the balancer picked something that is no candidate");
    } catch (thrown) {
      this.#parts.report(thrown, "balancer", this.#parts.target);
      return candidates[0] as ManagedEndpoint;
    }
  }

  /** As {@link Connector.acquire}. */
  acquire(ready: (connection: Connection) => void, failed: (status: Status) => void): () => void {
    const stop = this.#waiting.add(ready, failed);
    detach(() => this.#parts.source.need());
    queueMicrotask(() => this.#serve());
    return stop;
  }

  /** As {@link Connector.close}. */
  async close(graceMs: number): Promise<void> {
    this.#closed = true;
    this.#parts.source.close();
    this.#candidates = [];
    this.#waiting.fail(CHANNEL_CLOSED);
    await Promise.all([...this.#endpoints.values()].map((endpoint) => endpoint.close(graceMs)));
  }

  judge(endpoint: ManagedEndpoint, code: number, outcome: Outcome): void {
    const { standing } = endpoint;
    const failed = code === StatusNumber.UNAVAILABLE && outcome !== "not-processed";
    // The caller's own clock, or change of mind, says nothing of the endpoint.
    const unknown = outcome === "not-processed" || CALLER_CODES.has(code);
    if (failed || (unknown && standing.kind === "probed")) return this.#failed(endpoint);
    if (unknown) return;
    endpoint.standing = afterSuccess(standing);
    if (standing.kind !== "probed") return;
    endpoint.forgive();
    this.changed();
  }

  #failed(endpoint: ManagedEndpoint): void {
    const { standing } = endpoint;
    const aside = [...this.#endpoints.values()].filter((one) => one.standing.kind !== "trusted");
    const mayLeave = aside.length + 1 <= Math.floor(this.#endpoints.size / 2);
    const next = afterFailure(standing, mayLeave, this.#parts.random.next());
    endpoint.standing = next;
    if (next === standing || next.kind !== "aside") return;
    endpoint.setAside(next.ms, () => this.#asideOver(endpoint));
    this.changed();
  }

  #asideOver(endpoint: ManagedEndpoint): void {
    if (endpoint.standing.kind === "aside" && !this.#closed) this.#due.add(endpoint);
  }

  /** The source knows other endpoints now. */
  #resolved(groups: readonly (readonly Endpoint[])[]): void {
    if (this.#closed) return;
    const wanted = new Map(groups.map((group) => [keyOf(group), group]));
    for (const [key, endpoint] of this.#endpoints)
      if (!wanted.has(key)) {
        this.#endpoints.delete(key);
        this.#due.delete(endpoint);
        void endpoint.close(Number.POSITIVE_INFINITY);
      }
    for (const [key, group] of wanted) {
      if (this.#endpoints.has(key)) continue;
      const endpoint = new ManagedEndpoint(key, this, (changed) =>
        this.#parts.connect(group, changed),
      );
      this.#endpoints.set(key, endpoint);
      endpoint.seek();
    }
    this.changed();
  }

  changed(): void {
    if (this.#closed) return;
    this.#candidates = [...this.#endpoints.values()].filter(
      ({ connection, standing }) => connection !== undefined && standing.kind === "trusted",
    );
    for (const endpoint of this.#endpoints.values()) {
      if (endpoint.connection === undefined) {
        this.#due.delete(endpoint);
        this.#parts.source.suspect();
      } else this.#owners.set(endpoint.connection, endpoint);
    }
    this.#serve();
  }

  /** Gives waiting calls what they wait for, or the reason why they wait for nothing. */
  #serve(): void {
    if (!this.#waiting.any || this.#closed) return;
    this.#waiting.serve(() => this.ready());
    if (this.#waiting.any) this.#failWaiting();
  }

  /** Fails waiting calls once there is nothing to wait for. */
  #failWaiting(): void {
    const reasons: string[] = [];
    for (const { failure } of this.#endpoints.values()) {
      if (failure === undefined) return;
      reasons.push(failure);
    }
    const why = reasons.length === 0 ? this.#parts.source.failure : reasons.join("; ");
    if (why === undefined) return;
    this.#waiting.fail({
      code: StatusNumber.UNAVAILABLE,
      message: this.#parts.failure(why),
    });
  }
}

/** Statuses that a caller gives its own calls. */
const CALLER_CODES: ReadonlySet<number> = new Set([
  StatusNumber.CANCELLED,
  StatusNumber.DEADLINE_EXCEEDED,
]);

function keyOf(group: readonly Endpoint[]): string {
  return group.map(({ address }) => address).join(" or ");
}
