import type { Connection, Status } from "@tightwire/core/runtime";

/**
 * Whether a channel has a connection.
 *
 *              needed                     connected
 *      idle ───────────► connecting ───────────────────► ready
 *       ▲                 ▲      │                         │
 *       │   needed, once  │      │ failed                  │
 *       │   the wait is   │      ▼                         │ dropped: its connection
 *       │   over          ├── backoff                      │ drains or closed
 *       │                 │                                │
 *       │                 └── delayed ◄────────────────────┤ no call had a response
 *       └──────────────────────────────────────────────────┘ a call had one
 *
 *      any state ── closed: by the user ──► closed
 */
export type ConnectorState =
  /** No connection. The next call that needs one starts a round of connecting. */
  | { readonly kind: "idle" }
  /** A round is under way. Calls wait for it. `failures` as {@link failuresOf} says. */
  | { readonly kind: "connecting"; readonly failures: number }
  /** Calls take `connection`. */
  | { readonly kind: "ready"; readonly connection: Connection; readonly failures: number }
  /** The last round failed. Until `retryAt`, on the channel's clock, calls fail with `failure`. */
  | {
      readonly kind: "backoff";
      readonly failures: number;
      readonly retryAt: number;
      readonly failure: Status;
    }
  /** The last connection brought no response. Calls wait until `retryAt`; then a round starts. */
  | { readonly kind: "delayed"; readonly failures: number; readonly retryAt: number }
  /** The user closed the channel. */
  | { readonly kind: "closed" };

/** What changes the state; drawn at {@link ConnectorState}. */
export type ConnectorEvent =
  | { readonly kind: "needed"; readonly now: number }
  | { readonly kind: "connected"; readonly connection: Connection }
  | { readonly kind: "failed"; readonly failure: Status; readonly retryAt: number }
  | { readonly kind: "dropped"; readonly connection: Connection; readonly retryAt: number }
  | { readonly kind: "closed" };

/** The state after `event`; `state` itself when the event changes nothing. */
export function transition(state: ConnectorState, event: ConnectorEvent): ConnectorState {
  if (state.kind === "closed") return state;
  const failures = failuresOf(state);
  switch (event.kind) {
    case "needed":
      if (state.kind === "connecting" || state.kind === "ready") return state;
      return state.kind === "idle" || event.now >= state.retryAt
        ? { kind: "connecting", failures }
        : state;
    case "connected":
      return { kind: "ready", connection: event.connection, failures };
    case "failed": {
      const { failure, retryAt } = event;
      return { kind: "backoff", failures: failures + 1, retryAt, failure };
    }
    case "dropped": {
      const { connection, retryAt } = event;
      // Another connection may have taken its place.
      if (state.kind !== "ready" || state.connection !== connection) return state;
      return connection.responded
        ? { kind: "idle" }
        : { kind: "delayed", failures: failures + 1, retryAt };
    }
    case "closed":
      return { kind: "closed" };
  }
}

/**
 * How many rounds of connecting brought no response in a row: no endpoint accepted, or the
 * connection was dropped before any call had one.
 */
export function failuresOf(state: ConnectorState): number {
  return state.kind === "idle" || state.kind === "closed" ? 0 : state.failures;
}
