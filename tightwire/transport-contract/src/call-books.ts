import type { ObservedFinish, Observer } from "@tightwire/core";
import { statusName } from "@tightwire/core/runtime";

/** One call as an observer heard it. */
export interface BookedCall {
  readonly path: string;
  /** A status name; undefined while the call is in flight. */
  code: string | undefined;
  text: string;
  ends: number;
  sent: number;
  received: number;
  attempts: number;
  origin: ObservedFinish["origin"] | undefined;
  /** What a handler threw that was no RpcError, once each time it was told. */
  readonly failures: { readonly error: unknown; readonly id: string }[];
}

/**
 * An observer that books each call, so that a test can ask whether every call that began has ended,
 * once.
 */
export class CallBooks implements Observer {
  readonly calls: BookedCall[] = [];

  started({ path }: Parameters<Observer["started"]>[0]): ReturnType<Observer["started"]> {
    const call: BookedCall = {
      path,
      code: undefined,
      text: "",
      ends: 0,
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
      finished: (end) => {
        call.ends++;
        call.code = statusName(end.code);
        call.text = end.message;
        call.origin = end.origin;
      },
    };
  }

  /** Calls that are in flight, or ended more than once. */
  get unsettled(): readonly BookedCall[] {
    return this.calls.filter(({ ends }) => ends !== 1);
  }

  get codes(): readonly (string | undefined)[] {
    return this.calls.map(({ code }) => code);
  }
}
