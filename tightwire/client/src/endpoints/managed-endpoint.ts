import { detach } from "@tightwire/core";
import type { Clock, Connection, Timer } from "@tightwire/core/runtime";
import type { Candidate } from "../balancer/balancer.js";
import type { Connector } from "../channel/connector.js";
import type { ConnectorState } from "../channel/connector-state.js";
import { type EndpointState, stateOf } from "./endpoint-status.js";
import { Latency } from "./latency.js";
import { type Standing, TRUSTED } from "./standing.js";

/** What an endpoint tells its pool. */
export interface EndpointOwner {
  readonly clock: Clock;
  /** When it last looked at its clock: good enough for what is read all the time. */
  readonly now: number;
  /** It became ready, is ready no longer, or failed to connect. */
  changed(): void;
  /** It could not be connected to, or its connection was lost. */
  failed(endpoint: ManagedEndpoint): void;
}

/**
 * An endpoint of a channel that has several: its connection, which is made again whenever it is
 * lost, and what is known of the attempts that were sent there.
 */
export class ManagedEndpoint implements Candidate {
  readonly address: string;
  inFlight = 0;
  readySince = 0;
  standing: Standing = TRUSTED;
  /** The connection for the next call; undefined when there is none now. */
  connection: Connection | undefined = undefined;
  readonly #owner: EndpointOwner;
  readonly #connector: Connector;
  #latency: Latency = new Latency();
  /** Until connecting is tried again. */
  #retry: Timer | undefined = undefined;
  /** Until it is no longer set aside. */
  #aside: Timer | undefined = undefined;
  #closed = false;

  /** `connect` makes the connector, which tells each change of its state. */
  constructor(
    address: string,
    owner: EndpointOwner,
    connect: (changed: (state: ConnectorState) => void) => Connector,
  ) {
    this.address = address;
    this.#owner = owner;
    this.#connector = connect((state) => this.#stateChanged(state));
  }

  get latencyMs(): number | undefined {
    return this.#latency.at(this.#owner.now);
  }

  /** Why it could not be connected to, while that is so; undefined while it may become ready. */
  get failure(): string | undefined {
    const { state } = this.#connector;
    return state.kind === "backoff" ? state.failure.message : undefined;
  }

  get state(): EndpointState {
    const { kind } = this.#connector.state;
    return kind === "ready" && this.standing.kind !== "trusted" ? "set-aside" : stateOf(kind);
  }

  /** An attempt of a unary call that finished now took so long. */
  addLatency(ms: number): void {
    this.#latency.add(ms, this.#owner.now);
  }

  /** Connects, and again whenever that fails or the connection is lost. */
  seek(): void {
    if (this.#closed) return;
    detach(() =>
      this.#connector.acquire(
        () => {},
        () => this.#seekLater(),
      ),
    );
  }

  /** Calls back when it has been set aside for so long. */
  setAside(ms: number, over: () => void): void {
    this.#aside = detach(() => this.#owner.clock.setBackgroundTimer(over, ms));
  }

  /** No calls from now on; those in flight have `graceMs` milliseconds. Never rejects. */
  close(graceMs: number): Promise<void> {
    this.#closed = true;
    this.connection = undefined;
    this.#retry?.cancel();
    this.#aside?.cancel();
    return this.#connector.close(graceMs);
  }

  /** It is trusted as a new one is, whatever it was before. */
  forgive(): void {
    this.#aside?.cancel();
    this.standing = TRUSTED;
    this.#latency = new Latency();
  }

  #seekLater(): void {
    const { state } = this.#connector;
    if (this.#closed) return;
    const { clock } = this.#owner;
    const ms = state.kind === "backoff" ? Math.max(0, state.retryAt - clock.now()) : 0;
    this.#retry = clock.setBackgroundTimer(() => this.seek(), ms);
  }

  #stateChanged(state: ConnectorState): void {
    if (this.#closed) return;
    const had = this.connection;
    this.connection = state.kind === "ready" ? state.connection : undefined;
    if (this.connection !== undefined && this.connection !== had)
      this.readySince = this.#owner.clock.now();
    const lost = had !== undefined && this.connection === undefined;
    if (lost) this.forgive();
    if (lost || state.kind === "backoff") this.#owner.failed(this);
    if (had !== this.connection || state.kind === "backoff") this.#owner.changed();
    if (lost) this.seek();
  }
}
