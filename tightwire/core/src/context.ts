import { AsyncLocalStorage } from "node:async_hooks";
import type { Deadline } from "./deadline.js";
import type { Status } from "./status.js";

/**
 * What calls made inside a handler inherit from the handler's call: deadline, cancellation
 * and trace context, and nothing else.
 */
export interface CallScope {
  readonly deadline: Deadline;
  /**
   * Whether a hop lies between the caller and this code: an inherited deadline keeps a reserve for
   * it.
   */
  readonly hop: boolean;
  /** The W3C trace context that came in, passed on as it is. */
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
  /** Why the call was cancelled; undefined while it was not. */
  readonly cancelledBy: Status | undefined;
  /** Calls back once, when the call is cancelled or its deadline passes; not on its normal end. */
  onCancelled(listener: (status: Status) => void): void;
  /** Removes the listener. */
  offCancelled(listener: (status: Status) => void): void;
}

/** Holds the scope of the call whose handler runs. */
export const scopeStorage: AsyncLocalStorage<CallScope | undefined> = new AsyncLocalStorage();

/**
 * The scope of the call whose handler this code runs in; undefined outside of handlers and after
 * {@link detach}. Server side sets it, client side reads it.
 */
export function currentScope(): CallScope | undefined {
  return scopeStorage.getStore();
}

/**
 * Runs `body` outside of any call: what it starts inherits no deadline, cancellation or trace. For
 * work that outlives the call (a cache refresh, a connection). Returns what `body` returns.
 */
export function detach<R>(body: () => R): R {
  return scopeStorage.run(undefined, body);
}

/**
 * A typed key for values that travel with a call, from interceptors to handlers. Two keys of the
 * same name are different keys.
 */
export interface ContextKey<T> {
  readonly name: string;
  readonly defaultValue: T;
}

/** Makes a key. `defaultValue` is what a call holds until somebody sets the key. */
export function contextKey<T>(name: string, defaultValue: T): ContextKey<T> {
  return { name, defaultValue };
}

/** Values by key, made when the first is set. */
export interface ContextValues {
  get<T>(key: ContextKey<T>): T;
  set<T>(key: ContextKey<T>, value: T): void;
}
