import type { Connection, Status } from "@tightwire/core/runtime";

/**
 * Whether a channel has a connection.
 *
 *             needed                     connected
 *     idle ───────────► connecting ───────────────────► ready
 *      ▲                 ▲      │                         │
 *      │                 │      │ failed                  │
 *      │   needed, once  │      ▼                         │
 *      │   the wait is   └── backoff                      │
 *      │   over                                           │
 *      └──────────────────────────────────────────────────┘
 *             dropped: its connection drains or closed
 *
 *     any state ── closed: by the user ──► closed
 */
export type ConnectorState =
  /** No connection. The next call that needs one starts a round of connecting. */
  | { readonly kind: "idle" }
  /** A round is under way. Calls wait for it. `failures` rounds failed in a row before it. */
  | { readonly kind: "connecting"; readonly failures: number }
  /** Calls take `connection`. */
  | { readonly kind: "ready"; readonly connection: Connection }
  /** The last round failed. Until `retryAt`, on the channel's clock, calls fail with `failure`. */
  | {
      readonly kind: "backoff";
      readonly failures: number;
      readonly retryAt: number;
      readonly failure: Status;
    }
  /** The user closed the channel. */
  | { readonly kind: "closed" };

/** What changes the state; drawn at {@link ConnectorState}. */
export type ConnectorEvent =
  | { readonly kind: "needed"; readonly now: number }
  | { readonly kind: "connected"; readonly connection: Connection }
  | { readonly kind: "failed"; readonly failure: Status; readonly retryAt: number }
  | { readonly kind: "dropped"; readonly connection: Connection }
  | { readonly kind: "closed" };

/** The state after `event`; `state` itself when the event changes nothing. */
export function transition(state: ConnectorState, event: ConnectorEvent): ConnectorState {
  if (state.kind === "closed") return state;
  switch (event.kind) {
    case "needed":
      if (state.kind === "idle") return { kind: "connecting", failures: 0 };
      return state.kind === "backoff" && event.now >= state.retryAt
        ? { kind: "connecting", failures: state.failures }
        : state;
    case "connected":
      return { kind: "ready", connection: event.connection };
    case "failed": {
      const { failure, retryAt } = event;
      return { kind: "backoff", failures: failuresOf(state) + 1, retryAt, failure };
    }
    case "dropped":
      // Another connection may have taken its place.
      return state.kind === "ready" && state.connection === event.connection
        ? { kind: "idle" }
        : state;
    case "closed":
      return { kind: "closed" };
  }
}

/** How many rounds of connecting failed in a row. */
export function failuresOf(state: ConnectorState): number {
  return state.kind === "connecting" || state.kind === "backoff" ? state.failures : 0;
}
