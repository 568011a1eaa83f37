import type { Clock, Connection, Endpoint, Timer } from "@tightwire/core/runtime";

/**
 * How long an attempt to connect may take before the next endpoint is tried as well. Source: RFC
 * 8305, section 5.
 */
export const STAGGER_MS = 250;

/**
 * Connects to one endpoint, or rejects with an Error whose message says why. `wanted` aborts when
 * the connection is no longer wanted.
 */
export type ConnectTo = (endpoint: Endpoint, wanted: AbortSignal) => Promise<Connection>;

/** What to pick from. */
export interface PickFirstParts {
  /** What the user wrote. */
  readonly target: string;
  readonly endpoints: readonly Endpoint[];
  readonly clock: Clock;
  /** Aborts when no connection is wanted any more. */
  readonly signal: AbortSignal;
  readonly connectTo: ConnectTo;
}

/**
 * Picks the first endpoint that accepts a connection. They are tried in order, each
 * {@link STAGGER_MS} after the one before it, or at once when one fails. The other attempts are
 * aborted then, and what they still bring is closed. Rejects with one Error that holds the reason
 * of each endpoint when none accepts, or with the reason of `signal` when that is aborted before.
 */
export function pickFirst(parts: PickFirstParts): Promise<Connection> {
  return new Promise((resolve, reject) => new Race(parts, resolve, reject).start());
}

/** One round of connecting. */
class Race {
  readonly #parts: PickFirstParts;
  readonly #resolve: (connection: Connection) => void;
  readonly #reject: (error: unknown) => void;
  readonly #decided = new AbortController();
  /** By endpoint, in the order of the endpoints. */
  readonly #reasons: string[] = [];
  #tried = 0;
  #failed = 0;
  #stagger: Timer | undefined = undefined;

  constructor(
    parts: PickFirstParts,
    resolve: (connection: Connection) => void,
    reject: (error: unknown) => void,
  ) {
    this.#parts = parts;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(): void {
    const { endpoints, signal } = this.#parts;
    if (signal.aborted) return this.#aborted();
    if (endpoints.length === 0) return this.#reject(new Error("it has no addresses"));
    signal.addEventListener("abort", this.#aborted);
    this.#tryNext();
  }

  readonly #aborted = (): void => {
    this.#decide();
    this.#reject(this.#parts.signal.reason);
  };

  #tryNext(): void {
    this.#stagger?.cancel();
    const { endpoints, clock, connectTo } = this.#parts;
    const at = this.#tried++;
    const endpoint = endpoints[at] as Endpoint;
    (async () => connectTo(endpoint, this.#decided.signal))().then(
      (connection) => this.#connected(connection),
      (error: unknown) => this.#attemptFailed(at, endpoint, error),
    );
    if (this.#tried < endpoints.length)
      this.#stagger = clock.setTimer(() => this.#tryNext(), STAGGER_MS);
  }

  #connected(connection: Connection): void {
    if (this.#decided.signal.aborted) return void connection.close(0);
    this.#decide();
    this.#resolve(connection);
  }

  #attemptFailed(at: number, endpoint: Endpoint, error: unknown): void {
    if (this.#decided.signal.aborted) return;
    const { endpoints, target } = this.#parts;
    this.#reasons[at] = describe(endpoint, error, endpoints.length === 1 ? target : "");
    this.#failed++;
    if (this.#tried < endpoints.length) return this.#tryNext();
    if (this.#failed < endpoints.length) return;
    this.#decide();
    this.#reject(new Error(this.#reasons.join("; ")));
  }

  /** Nothing more is tried, and what is under way is aborted. */
  #decide(): void {
    this.#stagger?.cancel();
    this.#parts.signal.removeEventListener("abort", this.#aborted);
    this.#decided.abort();
  }
}

/**
 * Says why an endpoint accepted no connection. Names the endpoint once: not when the reason already
 * does, or `named` does, the text in front of it.
 */
function describe(endpoint: Endpoint, error: unknown, named: string): string {
  const reason = error instanceof Error ? error.message : String(error);
  const bare = endpoint.address.replace(/^unix:/, "").replace(/[[\]]/g, "");
  return named.includes(endpoint.address) || reason.includes(bare)
    ? reason
    : `${endpoint.address}: ${reason}`;
}
