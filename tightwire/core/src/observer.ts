import { checkArgument, checkMethods } from "./argument.js";
import { catchRejection, type Report } from "./containment.js";
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

/**
 * Hears one call. Methods run on the call's path: be brief. One that throws is reported once and
 * hears no more of its call.
 */
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

/** Throws a MisuseError for what is not an array of observers; it may be undefined. */
export function checkObservers(observers: unknown): void {
  if (observers === undefined) return;
  checkArgument("observers", observers, "array");
  for (const [index, observer] of (observers as readonly unknown[]).entries())
    checkMethods(`observers[${index}]`, observer, ["started"]);
}

/**
 * One observer out of several, which never throws; undefined for none, so that callers test for it
 * once. What an observer throws is reported once, and it hears no more of that call.
 */
export function combineObservers(
  observers: readonly Observer[],
  report: Report,
): Observer | undefined {
  if (observers.length === 0) return undefined;
  return {
    started(call) {
      const listening: (CallObserver | undefined)[] = [];
      for (const observer of observers) {
        try {
          const one = observer.started(call);
          if (one !== undefined) listening.push(checkObserver(one));
        } catch (thrown) {
          report(thrown, "an observer", call.path);
        }
      }
      return listening.length === 0 ? undefined : new Listening(listening, report, call.path);
    },
  };
}

/** An async `started`, say, returns a promise: nobody would hear the call, or of its rejection. */
function checkObserver(one: CallObserver): CallObserver {
  if (typeof one.finished === "function") return one;
  catchRejection(one, () => {});
  throw new TypeError("started() must return undefined or an object with finished()");
}

/** The observers of one call. */
class Listening implements Required<CallObserver> {
  /** Undefined for one that threw. */
  readonly #observers: (CallObserver | undefined)[];
  readonly #report: Report;
  readonly #path: string;

  constructor(observers: (CallObserver | undefined)[], report: Report, path: string) {
    this.#observers = observers;
    this.#report = report;
    this.#path = path;
  }

  attempt(endpoint: string): void {
    this.#each((one) => one.attempt?.(endpoint));
  }

  message(direction: "sent" | "received", bytes: number): void {
    this.#each((one) => one.message?.(direction, bytes));
  }

  failed(error: unknown, errorId: string, redact: (text: string) => string): void {
    this.#each((one) => one.failed?.(error, errorId, redact));
  }

  finished(end: ObservedFinish): void {
    this.#each((one) => one.finished(end));
  }

  #each(tell: (one: CallObserver) => unknown): void {
    const observers = this.#observers;
    for (let at = 0; at < observers.length; at++) {
      const one = observers[at];
      if (one === undefined) continue;
      try {
        const result = tell(one);
        if (result !== undefined) catchRejection(result, (thrown) => this.#mute(at, thrown));
      } catch (thrown) {
        this.#mute(at, thrown);
      }
    }
  }

  #mute(at: number, thrown: unknown): void {
    if (this.#observers[at] === undefined) return;
    this.#observers[at] = undefined;
    this.#report(thrown, "an observer", this.#path);
  }
}
