import type { Metadata, Peer } from "@tightwire/core";
import {
  type Acceptor,
  type CallHandle,
  type Completion,
  type FinalStatus,
  type IncomingCall,
  type IncomingSink,
  type Status,
  StatusNumber,
} from "@tightwire/core/runtime";

/** What a call is made of. */
export interface InProcessCallParts {
  readonly path: string;
  readonly metadata: Metadata;
  readonly peer: Peer;
  readonly deadline: number;
  /** Whether requests are said to come compressed, where nothing is said of a single one. */
  readonly compress: boolean;
  /** The largest answer that the client takes. */
  readonly maxMessageBytes: number;
  readonly keeper: CallKeeper;
}

/** Who counts the calls of one connection. */
export interface CallKeeper {
  /** The call is over and no handler runs for it any more. */
  left(call: InProcessCall): void;
}

/**
 * A call between two sides of one process: its beginning and its ends, which are the same for one
 * message each way and for many.
 */
export abstract class InProcessCall implements CallHandle {
  readonly parts: InProcessCallParts;
  protected server: IncomingSink | undefined = undefined;
  protected over = false;
  #opened = false;
  #handlerFinished = false;

  constructor(parts: InProcessCallParts) {
    this.parts = parts;
  }

  /** The server's view of the call. */
  protected abstract readonly incoming: IncomingCall;
  /** The server reads it: what there is of the requests may be given to it. */
  protected abstract begin(server: IncomingSink, maxRequestBytes: number): void;
  /** Tells the client how it ended, and lets go of what is left. */
  protected abstract tell(end: Completion): void;

  cancel(cause: Status): void {
    if (this.over) return;
    const { server } = this;
    this.complete(cause, this.#opened ? "unknown" : "not-processed", "local");
    // Why the client gave up is its own affair: over a network only the deadline would be known.
    server?.cancelled(cause.code === StatusNumber.DEADLINE_EXCEEDED ? cause : CANCELLED);
  }

  /** Shows the call to the server; to none, when it takes no more. */
  show(acceptor: Acceptor | undefined): void {
    if (acceptor === undefined) return this.#refuse();
    if (this.over) return;
    this.#opened = true;
    try {
      this.#openAt(acceptor);
    } catch (error) {
      // An observer's. Over a network nobody would catch it either; but the caller is not to wait
      // for it.
      const { server } = this;
      this.#handlerFinished = true;
      this.complete(
        { code: StatusNumber.INTERNAL, message: "the server failed to begin the call" },
        "unknown",
        "local",
      );
      server?.cancelled(CANCELLED);
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  #openAt(acceptor: Acceptor): void {
    const opened = acceptor.open(this.incoming);
    if (opened.kind === "refused") {
      this.#handlerFinished = true;
      this.incoming.finish(opened.status);
    } else {
      this.server = opened;
      this.begin(opened, acceptor.maxMessageBytes);
    }
  }

  #refuse(): void {
    this.#handlerFinished = true;
    this.complete(SHUT_DOWN, "not-processed", "peer");
  }

  /** The server is gone. */
  lose(cause: Status): void {
    if (this.over) return;
    const { server } = this;
    this.complete(cause, "unknown", "local");
    server?.cancelled(cause);
  }

  /** No handler runs for it any more. */
  handlerFinished(): void {
    this.#handlerFinished = true;
    if (this.over) this.parts.keeper.left(this);
  }

  /** Ends the call for its client: the one place where that happens. */
  protected complete(
    { code, message: text }: Status,
    outcome: Completion["outcome"],
    origin: Completion["origin"],
    trailers: FinalStatus["trailers"] = undefined,
  ): void {
    if (this.over) return;
    this.over = true;
    this.server = undefined;
    this.tell({ code, message: text, headers: undefined, trailers, outcome, origin });
    if (this.#handlerFinished || !this.#opened) this.parts.keeper.left(this);
  }

  /** A request is larger than the server takes. */
  protected refuseRequest(bytes: number, most: number): void {
    const cause: Status = {
      code: StatusNumber.RESOURCE_EXHAUSTED,
      message: `a message of ${bytes} bytes is larger than the ${most} that are taken`,
    };
    const { server } = this;
    this.complete(cause, "responded", "peer");
    server?.cancelled(cause);
  }

  /** Whether the client takes an answer of this size; if not, that has ended the call. */
  protected takesAnswer({ byteLength }: Uint8Array): boolean {
    const { maxMessageBytes } = this.parts;
    if (byteLength <= maxMessageBytes) return true;
    const text = `an answer of ${byteLength} bytes is larger than the ${maxMessageBytes} that are taken`;
    this.cancel({ code: StatusNumber.RESOURCE_EXHAUSTED, message: text });
    return false;
  }
}

/** Why a server takes no more calls. */
export const SHUT_DOWN: Status = {
  code: StatusNumber.UNAVAILABLE,
  message: "the server is shutting down",
};
/** What a server hears of a client that gave up. */
const CANCELLED: Status = {
  code: StatusNumber.CANCELLED,
  message: "the caller cancelled the call, or is gone",
};

/** As a wire would carry it: half a surrogate pair is no UTF-8. */
export function wellFormed(text: string): string {
  return /\p{Surrogate}/u.test(text) ? Buffer.from(text).toString() : text;
}
