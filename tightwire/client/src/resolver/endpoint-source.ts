import { detach } from "@tightwire/core";
import type { Clock, Endpoint, Random, Report, Timer } from "@tightwire/core/runtime";
import { backoffMs } from "../channel/backoff.js";

/** Names are looked up again after so long. */
const PERIOD_MS = 30_000;
/** The shortest time between two lookups, when endpoints fail. */
const MIN_INTERVAL_MS = 1_000;

/** What a source needs. */
export interface SourceParts {
  /** What the user wrote. */
  readonly target: string;
  /** Finds the endpoints; rejects when there are none. */
  readonly resolve: () => Promise<readonly Endpoint[]>;
  readonly clock: Clock;
  readonly random: Random;
  readonly report: Report;
}

/**
 * The endpoints of a target as they change: looked up when a call needs them first, then every 30 s
 * while calls are made, and when an endpoint fails. A name that stops resolving keeps its last
 * endpoints, and that is reported once.
 */
export class EndpointSource {
  readonly #parts: SourceParts;
  #found: (groups: readonly (readonly Endpoint[])[]) => void = () => {};
  #failed: () => void = () => {};
  #resolving = false;
  #everFound = false;
  #failures = 0;
  /** When it may be looked up again, at the earliest. */
  #notBefore = 0;
  #timer: Timer | undefined = undefined;
  #used = false;
  #stale = false;
  #closed = false;
  /** Why nothing was ever found; undefined while that may change. */
  failure: string | undefined = undefined;

  constructor(parts: SourceParts) {
    this.#parts = parts;
  }

  /** `found` hears of endpoints, each with its addresses; `failed` when there never were any. */
  listen(found: (groups: readonly (readonly Endpoint[])[]) => void, failed: () => void): void {
    this.#found = found;
    this.#failed = failed;
  }

  /** A call was made. */
  used(): void {
    this.#used = true;
    if (this.#stale) this.#refresh();
  }

  /** A call needs endpoints. */
  need(): void {
    this.#used = true;
    if (!this.#everFound || this.#stale) this.#refresh();
  }

  /** An endpoint failed: others may have taken its place. */
  suspect(): void {
    if (!this.#everFound) return;
    if (this.#used) this.#refresh();
    else this.#stale = true;
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  #refresh(): void {
    const { clock } = this.#parts;
    if (this.#resolving || this.#closed) return;
    const waitMs = this.#notBefore - clock.now();
    if (waitMs > 0) return this.#everFound ? this.#later(waitMs) : undefined;
    this.#resolving = true;
    this.#stale = false;
    this.failure = undefined;
    // The lookup is the channel's, not that of the call which needed it first.
    detach(() =>
      this.#parts.resolve().then(
        (endpoints) => this.#resolved(endpoints),
        (error: unknown) => this.#rejected(error),
      ),
    );
  }

  #resolved(endpoints: readonly Endpoint[]): void {
    if (endpoints.length === 0) return this.#rejected(new Error("it has no addresses"));
    this.#finish(MIN_INTERVAL_MS);
    if (this.#closed) return;
    this.#everFound = true;
    this.#failures = 0;
    this.#found(groupAddresses(endpoints));
  }

  #rejected(error: unknown): void {
    this.#failures++;
    const { random, report, target } = this.#parts;
    this.#finish(
      Math.max(this.#everFound ? MIN_INTERVAL_MS : 0, backoffMs(this.#failures, random)),
    );
    if (this.#closed) return;
    if (this.#everFound) {
      if (this.#failures === 1) report(error, "the lookup", target);
      return;
    }
    this.failure = error instanceof Error ? error.message : String(error);
    this.#failed();
  }

  #finish(leastMs: number): void {
    this.#resolving = false;
    this.#notBefore = this.#parts.clock.now() + leastMs;
    if (!this.#closed) this.#later(PERIOD_MS);
  }

  #later(ms: number): void {
    this.#timer?.cancel();
    this.#timer = detach(() => this.#parts.clock.setBackgroundTimer(() => this.#timerFired(), ms));
  }

  #timerFired(): void {
    this.#timer = undefined;
    // A channel that nobody uses looks nothing up.
    if (this.#used) this.#refresh();
    else this.#stale = true;
    this.#used = false;
  }
}

/**
 * A name with exactly one IPv6 and one IPv4 address is one endpoint with two addresses. Otherwise
 * each address is one. Source: gRPC A61.
 */
function groupAddresses(endpoints: readonly Endpoint[]): readonly (readonly Endpoint[])[] {
  const isIpv6 = ({ address }: Endpoint): boolean => address.startsWith("[");
  const [one, other] = endpoints;
  if (endpoints.length === 2 && one !== undefined && other !== undefined)
    if (isIpv6(one) !== isIpv6(other) && one.authority === other.authority) return [endpoints];
  return endpoints.map((endpoint) => [endpoint]);
}
