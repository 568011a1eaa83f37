import type { ConnectorState } from "../channel/connector-state.js";

/**
 * Where an endpoint stands: `idle`, no call needed it yet; `connecting`; `ready` for calls;
 * `backoff`, it could not be connected to, or its connection was lost before any response, and the
 * next try waits; `set-aside`, it is connected but failed again and again; `closed`.
 */
export type EndpointState = "idle" | "connecting" | "ready" | "backoff" | "set-aside" | "closed";

/** What a channel knows of an endpoint, at one moment. */
export interface EndpointStatus {
  /** `10.0.0.1:50051`; several addresses of one endpoint with `or` between them. */
  readonly address: string;
  readonly state: EndpointState;
  /**
   * Attempts that were sent to it and have not finished. Undefined where the channel has one
   * endpoint, and does not count.
   */
  readonly inFlight: number | undefined;
  /**
   * A moving average of how long unary calls take, in milliseconds. Undefined before the first, and
   * where the channel has one endpoint.
   */
  readonly latencyMs: number | undefined;
}

/** The state of an endpoint whose connector is in another. */
export function stateOf(kind: ConnectorState["kind"]): EndpointState {
  return kind === "delayed" ? "backoff" : kind;
}
