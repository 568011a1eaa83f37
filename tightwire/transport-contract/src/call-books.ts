import type { ObservedFinish, Observer } from "@tightwire/core";
import { statusName } from "@tightwire/core/runtime";

/** One call, as an observer hears of it. */
export interface BookedCall {
  readonly path: string;
  /** A status name; undefined while the call is in flight. */
  code: string | undefined;
  /** The message of its status. */
  message: string;
  /** How often it finished; once, if all is well. */
  finishes: number;
  sent: number;
  received: number;
  attempts: number;
  origin: ObservedFinish["origin"] | undefined;
  /** What a handler threw other than an RpcError, once for each time it was reported. */
  readonly failures: { readonly error: unknown; readonly id: string }[];
}

/**
 * An observer that notes each call, so that a test can see that every call that was started has
 * finished once.
 */
export class CallBooks implements Observer {
  readonly calls: BookedCall[] = [];

  started({ path }: Parameters<Observer["started"]>[0]): ReturnType<Observer["started"]> {
    const call: BookedCall = {
      path,
      code: undefined,
      message: "",
      finishes: 0,
      sent: 0,
      received: 0,
      attempts: 0,
      origin: undefined,
      failures: [],
    };
    this.calls.push(call);
    return {
      attempt: () => void call.attempts++,
      message: (direction) => void call[direction]++,
      failed: (error, id) => void call.failures.push({ error, id }),
      finished: ({ code, message, origin }) => {
        call.finishes++;
        call.code = statusName(code);
        call.message = message;
        call.origin = origin;
      },
    };
  }

  /** Calls that are in flight, or that finished more than once. */
  get unfinished(): readonly BookedCall[] {
    return this.calls.filter(({ finishes }) => finishes !== 1);
  }

  /** The status name of each call, in the order in which the calls were started. */
  get codes(): readonly (string | undefined)[] {
    return this.calls.map(({ code }) => code);
  }
}
