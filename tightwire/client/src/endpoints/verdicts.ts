import { type Completion, type Random, StatusNumber } from "@tightwire/core/runtime";
import type { ManagedEndpoint } from "./managed-endpoint.js";
import { afterFailure, afterSuccess } from "./standing.js";

/** A server that says when to come again is not broken. */
const PUSHBACK_KEY = "grpc-retry-pushback-ms";

/** What verdicts need of the pool. */
export interface VerdictsOwner {
  /** All of its endpoints. */
  readonly all: ReadonlyMap<string, ManagedEndpoint>;
  readonly random: Random;
  /** An endpoint takes calls from now on, or no longer. */
  changed(): void;
}

/** How an attempt ended, as far as that says something of its endpoint. */
type Verdict = "served" | "failed" | "unknown";

/** Sets endpoints aside by how their attempts finish, and lets them back. */
export class Verdicts {
  readonly #owner: VerdictsOwner;
  /** Those that were set aside for long enough, and wait for a probe. */
  readonly #due = new Set<ManagedEndpoint>();

  constructor(owner: VerdictsOwner) {
    this.#owner = owner;
  }

  /** An endpoint that the next attempt should probe. */
  get due(): ManagedEndpoint | undefined {
    for (const endpoint of this.#due) return endpoint;
    return undefined;
  }

  /** An attempt is sent to an endpoint. Returns whether it is its probe. */
  sent(endpoint: ManagedEndpoint): boolean {
    if (!this.#due.delete(endpoint) || endpoint.standing.kind !== "aside") return false;
    endpoint.standing = { kind: "probed", times: endpoint.standing.times };
    return true;
  }

  /** The endpoint's connection is lost, or it belongs to the pool no longer. */
  forget(endpoint: ManagedEndpoint): void {
    this.#due.delete(endpoint);
  }

  close(): void {
    this.#due.clear();
  }

  /** The peer began to respond to an attempt that may take long: as good as a response. */
  responded(endpoint: ManagedEndpoint, isProbe: boolean): void {
    this.#decide(endpoint, "served", isProbe);
  }

  /** An attempt has finished, and its connection is still the endpoint's. */
  finished(endpoint: ManagedEndpoint, completion: Completion, isProbe: boolean): void {
    this.#decide(endpoint, verdictOf(completion, isProbe), isProbe);
  }

  /** The pool has other endpoints now: forgives those that are set aside beyond the half. */
  limit(): void {
    let most = Math.floor(this.#owner.all.size / 2);
    for (const endpoint of this.#owner.all.values()) {
      if (endpoint.standing.kind === "trusted" || most-- > 0) continue;
      this.#due.delete(endpoint);
      endpoint.forgive();
    }
  }

  #decide(endpoint: ManagedEndpoint, verdict: Verdict, isProbe: boolean): void {
    const { standing } = endpoint;
    // Of an endpoint that is set aside only its probe decides.
    if (standing.kind === "aside" || (standing.kind === "probed" && !isProbe)) return;
    if (standing.kind === "probed" && verdict === "unknown") {
      endpoint.standing = { kind: "aside", ms: 0, times: standing.times };
      this.#due.add(endpoint);
    } else if (verdict === "failed") this.#failed(endpoint);
    else if (verdict === "served") {
      endpoint.standing = afterSuccess(standing);
      if (standing.kind !== "probed") return;
      endpoint.forgive();
      this.#owner.changed();
    }
  }

  #failed(endpoint: ManagedEndpoint): void {
    const { all, random } = this.#owner;
    const { standing } = endpoint;
    const aside = [...all.values()].filter((one) => one.standing.kind !== "trusted").length;
    const next = afterFailure(standing, aside < Math.floor(all.size / 2), random.next());
    endpoint.standing = next;
    if (next.kind !== "aside") return;
    endpoint.setAside(next.ms, () => {
      if (endpoint.standing.kind === "aside") this.#due.add(endpoint);
    });
    this.#owner.changed();
  }
}

function verdictOf(completion: Completion, isProbe: boolean): Verdict {
  const { code, origin, outcome, trailers } = completion;
  if (outcome === "not-processed") return "unknown";
  if (code === StatusNumber.UNAVAILABLE)
    return trailers?.get(PUSHBACK_KEY) === undefined ? "failed" : "unknown";
  // The caller's own clock says nothing; but a probe that hangs until then has failed.
  if (code === StatusNumber.DEADLINE_EXCEEDED) return isProbe ? "failed" : "unknown";
  return origin === "peer" ? "served" : "unknown";
}
