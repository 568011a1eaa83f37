import {
  type Clock,
  type Completion,
  type Connection,
  type Deadline,
  StatusNumber,
} from "@tightwire/core/runtime";
import type { WatchedAttempt } from "../channel/channel.js";
import type { ManagedEndpoint } from "./managed-endpoint.js";
import type { Verdicts } from "./verdicts.js";

/** A failure counts as a call that took as long as it might have, or this long. */
const LONGEST_MS = 10_000;

/** What an attempt needs of its pool. */
export interface AttemptOwner {
  readonly clock: Clock;
  readonly verdicts: Verdicts;
  /** When it last looked at its clock. */
  now: number;
}

/** An attempt that was sent to an endpoint of a pool. */
export class EndpointAttempt implements WatchedAttempt {
  readonly #owner: AttemptOwner;
  readonly #endpoint: ManagedEndpoint;
  readonly #connection: Connection;
  readonly #isProbe: boolean;
  readonly #startedAt: number;

  constructor(owner: AttemptOwner, endpoint: ManagedEndpoint, connection: Connection) {
    endpoint.inFlight++;
    this.#owner = owner;
    this.#endpoint = endpoint;
    this.#connection = connection;
    this.#isProbe = owner.verdicts.sent(endpoint);
    this.#startedAt = owner.now;
  }

  responded(): void {
    if (this.#isProbe && this.#isCurrent) this.#owner.verdicts.responded(this.#endpoint, true);
  }

  finished(completion: Completion, unary: boolean, deadline: Deadline): void {
    const owner = this.#owner;
    const endpoint = this.#endpoint;
    owner.now = owner.clock.now();
    endpoint.inFlight--;
    // What a lost connection did to its calls says nothing of the next one.
    if (!this.#isCurrent) return;
    if (unary && completion.outcome !== "not-processed")
      this.#addLatency(completion.code, deadline);
    owner.verdicts.finished(endpoint, completion, this.#isProbe);
  }

  get #isCurrent(): boolean {
    return this.#endpoint.connection === this.#connection;
  }

  /** A quick refusal must not make an endpoint look fast. */
  #addLatency(code: number, deadline: Deadline): void {
    const endpoint = this.#endpoint;
    const tookMs = this.#owner.now - this.#startedAt;
    if (code === StatusNumber.UNAVAILABLE)
      endpoint.addLatency(Math.max(tookMs, Math.min(deadline - this.#startedAt, LONGEST_MS)));
    else if (code === StatusNumber.OK || tookMs > (endpoint.latencyMs ?? 0))
      endpoint.addLatency(tookMs);
  }
}
