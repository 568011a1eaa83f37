import {
  type Clock,
  type Connection,
  catchRejection,
  checkMethods,
  describe,
  type Endpoint,
  type Random,
  type Report,
  type Status,
  StatusNumber,
  timerMs,
} from "@tightwire/core/runtime";
import type { Balancer, BalancerFactory } from "../balancer/balancer.js";
import type { AttemptWatch, WatchedAttempt } from "../channel/channel.js";
import { CHANNEL_CLOSED, type Connector } from "../channel/connector.js";
import type { ConnectorState } from "../channel/connector-state.js";
import { WaitingCalls } from "../channel/waiting-calls.js";
import type { EndpointSource } from "../resolver/endpoint-source.js";
import { type AttemptOwner, EndpointAttempt } from "./endpoint-attempt.js";
import type { EndpointStatus } from "./endpoint-status.js";
import { type EndpointOwner, ManagedEndpoint } from "./managed-endpoint.js";
import { Verdicts, type VerdictsOwner } from "./verdicts.js";

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
export class EndpointPool implements EndpointOwner, VerdictsOwner, AttemptOwner, AttemptWatch {
  readonly clock: Clock;
  readonly random: Random;
  now = 0;
  /** By their addresses. */
  readonly all: Map<string, ManagedEndpoint> = new Map();
  readonly verdicts: Verdicts = new Verdicts(this);
  readonly #parts: PoolParts;
  readonly #balancer: Balancer;
  /** Those that take calls. */
  #candidates: readonly ManagedEndpoint[] = [];
  /** Those that left the name, and whose calls have not finished. */
  readonly #leaving = new Set<ManagedEndpoint>();
  readonly #waiting = new WaitingCalls();
  /** Where connections belong. */
  readonly #owners = new WeakMap<Connection, ManagedEndpoint>();
  #closed = false;

  constructor(parts: PoolParts) {
    const { clock, random } = parts;
    this.clock = clock;
    this.random = random;
    this.#parts = parts;
    this.#balancer = parts.balancer({ clock, random });
    checkMethods("what the function balancer returns", this.#balancer, ["pick"]);
    parts.source.listen(
      (endpoints) => this.#resolved(endpoints),
      () => this.#failWaiting(),
    );
  }

  get endpoints(): EndpointStatus[] {
    this.now = this.clock.now();
    return [...this.all.values()].map(({ address, state, inFlight, latencyMs }) => ({
      address,
      state,
      inFlight: this.#watches ? inFlight : undefined,
      latencyMs: this.#watches ? latencyMs : undefined,
    }));
  }

  /** One endpoint is used whatever comes of its attempts. */
  get #watches(): boolean {
    return this.all.size > 1;
  }

  started(connection: Connection): WatchedAttempt | undefined {
    const endpoint = this.#watches ? this.#owners.get(connection) : undefined;
    return endpoint === undefined ? undefined : new EndpointAttempt(this, endpoint, connection);
  }

  /** The connection for the next attempt; undefined when there is none now. */
  ready(): Connection | undefined {
    if (this.#closed) return undefined;
    this.#parts.source.used();
    this.now = this.clock.now();
    return this.#pick()?.connection;
  }

  #pick(): ManagedEndpoint | undefined {
    const candidates = this.#candidates;
    const { due } = this.verdicts;
    if (due !== undefined) return due;
    return candidates.length > 1 ? this.#balance(candidates) : candidates[0];
  }

  #balance(candidates: readonly ManagedEndpoint[]): ManagedEndpoint {
    try {
      const picked = this.#balancer.pick(candidates, this.now);
      const endpoint = this.all.get(picked?.address);
      if (endpoint === picked && endpoint?.connection !== undefined) return endpoint;
      catchRejection(picked, () => {});
      throw new TypeError(`pick() must return one of its candidates (got ${describe(picked)})`);
    } catch (thrown) {
      this.#parts.report(thrown, "the balancer", this.#parts.target);
      return candidates[0] as ManagedEndpoint;
    }
  }

  /** As {@link Connector.acquire}. */
  acquire(ready: (connection: Connection) => void, failed: (status: Status) => void): () => void {
    const stop = this.#waiting.add(ready, failed);
    this.#parts.source.need();
    queueMicrotask(() => this.#serve());
    return stop;
  }

  /** As {@link Connector.close}. */
  async close(graceMs: number): Promise<void> {
    this.#closed = true;
    this.#parts.source.close();
    this.#candidates = [];
    this.verdicts.close();
    this.#waiting.fail(CHANNEL_CLOSED);
    const endpoints = [...this.all.values(), ...this.#leaving];
    await Promise.all(endpoints.map((endpoint) => endpoint.close(graceMs)));
  }

  /** The source knows other endpoints now. */
  #resolved(groups: readonly (readonly Endpoint[])[]): void {
    if (this.#closed) return;
    const wanted = new Map(groups.map((group) => [keyOf(group), group]));
    for (const [key, endpoint] of this.all)
      if (!wanted.has(key)) {
        this.all.delete(key);
        this.verdicts.forget(endpoint);
        this.#leaving.add(endpoint);
        void endpoint.close(FOR_EVER_MS).then(() => this.#leaving.delete(endpoint));
      }
    for (const [key, group] of wanted) {
      if (this.all.has(key)) continue;
      const endpoint = new ManagedEndpoint(key, this, (changed) =>
        this.#parts.connect(group, changed),
      );
      this.all.set(key, endpoint);
      endpoint.seek();
    }
    this.verdicts.limit();
    this.changed();
  }

  changed(): void {
    if (this.#closed) return;
    const connected = [...this.all.values()].filter(({ connection }) => connection !== undefined);
    const trusted = connected.filter(({ standing }) => standing.kind === "trusted");
    // Better some that failed than none.
    this.#candidates = trusted.length > 0 ? trusted : connected;
    for (const endpoint of connected) this.#owners.set(endpoint.connection as Connection, endpoint);
    this.#serve();
  }

  failed(endpoint: ManagedEndpoint): void {
    this.verdicts.forget(endpoint);
    this.#parts.source.suspect();
  }

  /** Gives waiting calls what they wait for, or the reason why they wait for nothing. */
  #serve(): void {
    if (this.#closed) return this.#waiting.fail(CHANNEL_CLOSED);
    if (!this.#waiting.any) return;
    this.#waiting.serve(() => this.ready());
    if (this.#waiting.any) this.#failWaiting();
  }

  /** Fails waiting calls once there is nothing to wait for. */
  #failWaiting(): void {
    const reasons: string[] = [];
    for (const { failure } of this.all.values()) {
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

/** For calls of an endpoint that left the name: as long as they take. */
const FOR_EVER_MS: number = timerMs(Number.POSITIVE_INFINITY);

/** The same for the same addresses, in whatever order they came. */
function keyOf(group: readonly Endpoint[]): string {
  const addresses = group.map(({ address }) => address);
  return addresses.sort().join(" or ");
}
