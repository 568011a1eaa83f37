import { Metadata, type RpcError } from "@tightwire/core";

/** What attempt interceptors may change of a call. */
interface Changeable {
  metadata: Metadata;
  request: unknown;
}

/** A call as it was before its first attempt: each attempt interceptor starts from there. */
export class AttemptView {
  /** How many finish listeners the call had. Later ones belong to an attempt. */
  readonly listeners: number;
  /** How the last attempt failed, while the next one is still to be made. */
  unprocessed: RpcError | undefined = undefined;
  readonly #metadata: Metadata;
  readonly #request: unknown;

  constructor({ metadata, request }: Changeable, listeners: number) {
    this.listeners = listeners;
    this.#metadata = new Metadata(metadata);
    this.#request = request;
  }

  /** Gives `call` this view again, if `thrown` says that another attempt is to be made. */
  restore(call: Changeable, thrown: unknown): boolean {
    if (this.unprocessed === undefined || thrown !== this.unprocessed) return false;
    this.unprocessed = undefined;
    call.metadata = new Metadata(this.#metadata);
    call.request = this.#request;
    return true;
  }
}
