import type { Outcome } from "@tightwire/core";
import {
  type Clock,
  type Completion,
  type Connection,
  type Deadline,
  StatusNumber,
} from "@tightwire/core/runtime";
import type { WatchedAttempt } from "../channel/channel.js";
import type { ManagedEndpoint } from "./managed-endpoint.js";

/** A failure counts as a call that took as long as it might have, or this long. */
const LONGEST_MS = 10_000;

/** What an attempt needs of its pool. */
export interface AttemptOwner {
  readonly clock: Clock;
  /** When it last looked at its clock. */
  now: number;
  /** An attempt has finished so, over the connection that the endpoint still has. */
  judge(endpoint: ManagedEndpoint, code: number, outcome: Outcome): void;
}

/** An attempt that was sent to an endpoint of a pool. */
export class EndpointAttempt implements WatchedAttempt {
  readonly #owner: AttemptOwner;
  readonly #endpoint: ManagedEndpoint;
  readonly #connection: Connection;
  readonly #startedAt: number;

  constructor(owner: AttemptOwner, endpoint: ManagedEndpoint, connection: Connection) {
    this.#owner = owner;
    this.#endpoint = endpoint;
    this.#connection = connection;
    this.#startedAt = owner.now;
  }

  finished({ code, outcome }: Completion, unary: boolean, deadline: Deadline): void {
    const owner = this.#owner;
    const endpoint = this.#endpoint;
    owner.now = owner.clock.now();
    endpoint.inFlight--;
    if (unary) {
      const tookMs = owner.now - this.#startedAt;
      const failed = code === StatusNumber.UNAVAILABLE;
      const mostMs = Math.min(deadline - this.#startedAt, LONGEST_MS);
      endpoint.addLatency(failed ? Math.max(tookMs, mostMs) : tookMs);
    }
    // What a lost connection did to its calls says nothing of the next one.
    if (endpoint.connection === this.#connection) owner.judge(endpoint, code, outcome);
  }
}
