import type { Metadata, ServerInterceptedCall } from "@tightwire/core";
import { contain, type Report, type Status } from "@tightwire/core/runtime";

export type FinishListener = Parameters<ServerInterceptedCall["onFinish"]>[0];
type CancelListener = (status: Status) => void;

/**
 * Who wants to hear of the end of a call. What they throw is reported and changes nothing. Made for
 * the first one: most calls have none.
 */
export class CallListeners {
  #onFinish: FinishListener[] | undefined = undefined;
  #onCancelled: Set<CancelListener> | undefined = undefined;

  addFinish(listener: FinishListener): void {
    this.#onFinish ??= [];
    this.#onFinish.push(listener);
  }

  addCancel(listener: CancelListener): void {
    this.#onCancelled ??= new Set();
    this.#onCancelled.add(listener);
  }

  removeCancel(listener: CancelListener): void {
    this.#onCancelled?.delete(listener);
  }

  finished(
    { code, message }: Status,
    trailers: Metadata | undefined,
    report: Report,
    path: string,
  ): void {
    for (const listener of this.#onFinish ?? [])
      contain(
        () => listener({ code, message, trailers }),
        (thrown) => report(thrown, "onFinish", path),
      );
  }

  cancelled(status: Status, report: Report, path: string): void {
    if (this.#onCancelled === undefined) return;
    for (const listener of [...this.#onCancelled])
      contain(
        () => listener(status),
        (thrown) => report(thrown, "an outgoing call that was cancelled", path),
      );
  }
}
