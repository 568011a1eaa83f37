import type { MethodDefinition } from "./definition.js";

/** What is known of a call when it starts. */
export interface ObservedCall {
  readonly side: "client" | "server";
  /** The full path, also of an unknown method. */
  readonly path: string;
  /** Undefined for a method that the server does not know. */
  readonly method: MethodDefinition | undefined;
  /** Server: the caller's address. Client: the target. */
  readonly peer: string;
  /** Server: the caller's verified identity. */
  readonly identity?: string | undefined;
}

/** What is known when a call has finished. */
export interface ObservedFinish {
  /** A status number. */
  readonly code: number;
  /** The status message; never a message body. */
  readonly message: string;
  readonly durationMs: number;
  readonly origin: "local" | "peer";
  /** The address of the endpoint of the last attempt, if known. Client side. */
  readonly endpoint?: string | undefined;
  /** How many attempts were made. Client side. */
  readonly attempts?: number;
}

/** Hears one call. Methods must not throw, and run on the call's path: be brief. */
export interface CallObserver {
  /** An attempt goes to an endpoint. Client side. */
  attempt?(endpoint: string): void;
  message?(direction: "sent" | "received", bytes: number): void;
  /**
   * A handler threw something other than an RpcError: told once, with the id that the caller was
   * given. Server side.
   */
  failed?(error: unknown, errorId: string, redact: (text: string) => string): void;
  finished(end: ObservedFinish): void;
}

/** Hears calls; costs nothing when there is none. Logs, metrics and traces are observers. */
export interface Observer {
  /** Returns who hears this call, or undefined for nobody. */
  started(call: ObservedCall): CallObserver | undefined;
}

/** One observer out of several: undefined for none, so that callers test for it once. */
export function combineObservers(observers: readonly Observer[]): Observer | undefined {
  if (observers.length <= 1) return observers[0];
  return {
    started(call) {
      const listening = observers
        .map((observer) => observer.started(call))
        .filter((one) => one !== undefined);
      if (listening.length <= 1) return listening[0];
      return {
        attempt: (endpoint) =>
          listening.forEach((one) => {
            one.attempt?.(endpoint);
          }),
        message: (direction, bytes) =>
          listening.forEach((one) => {
            one.message?.(direction, bytes);
          }),
        failed: (error, errorId, redact) =>
          listening.forEach((one) => {
            one.failed?.(error, errorId, redact);
          }),
        finished: (end) =>
          listening.forEach((one) => {
            one.finished(end);
          }),
      };
    },
  };
}
