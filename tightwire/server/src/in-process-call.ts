import type { Metadata, Peer } from "@tightwire/core";
import {
  type Acceptor,
  type Answer,
  type CallHandle,
  type Cause,
  type Completion,
  type IncomingCall,
  type IncomingSink,
  Status,
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
  #settled = false;

  constructor(parts: InProcessCallParts) {
    this.parts = parts;
  }

  /** The server's view of the call. */
  protected abstract readonly incoming: IncomingCall;
  /** The server reads it: what there is of the requests may be given to it. */
  protected abstract begin(server: IncomingSink, maxRequestBytes: number): void;
  /** Tells the client how it ended, and lets go of what is left. */
  protected abstract tell(end: Completion): void;

  cancel(cause: Cause): void {
    if (this.over) return;
    const { server } = this;
    this.finish(cause, this.#opened ? "unknown" : "no", "local");
    // Why the client gave up is its own affair: over a network only the deadline would be known.
    server?.cancelled(cause.code === Status.DEADLINE_EXCEEDED ? cause : CANCELLED);
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
      this.#settled = true;
      this.finish(
        { code: Status.INTERNAL, text: "the server failed to begin the call" },
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
    if ("code" in opened) {
      this.#settled = true;
      this.incoming.end(opened);
    } else {
      this.server = opened;
      this.begin(opened, acceptor.maxMessageBytes);
    }
  }

  #refuse(): void {
    this.#settled = true;
    this.finish(SHUT_DOWN, "no", "peer");
  }

  /** The server is gone. */
  lose(cause: Cause): void {
    if (this.over) return;
    const { server } = this;
    this.finish(cause, "unknown", "local");
    server?.cancelled(cause);
  }

  /** No handler runs for it any more. */
  settled(): void {
    this.#settled = true;
    if (this.over) this.parts.keeper.left(this);
  }

  /** Ends the call for its client: the one place where that happens. */
  protected finish(
    { code, text }: Cause,
    processed: Completion["processed"],
    origin: Completion["origin"],
    trailers: Answer["trailers"] = undefined,
  ): void {
    if (this.over) return;
    this.over = true;
    this.server = undefined;
    this.tell({ code, text, headers: undefined, trailers, processed, origin });
    if (this.#settled || !this.#opened) this.parts.keeper.left(this);
  }

  /** A request is larger than the server takes. */
  protected refuseRequest(bytes: number, most: number): void {
    const cause: Cause = {
      code: Status.RESOURCE_EXHAUSTED,
      text: `a message of ${bytes} bytes is larger than the ${most} that are taken`,
    };
    const { server } = this;
    this.finish(cause, "yes", "peer");
    server?.cancelled(cause);
  }

  /** Whether the client takes an answer of this size; if not, that has ended the call. */
  protected takesAnswer({ byteLength }: Uint8Array): boolean {
    const { maxMessageBytes } = this.parts;
    if (byteLength <= maxMessageBytes) return true;
    const text = `an answer of ${byteLength} bytes is larger than the ${maxMessageBytes} that are taken`;
    this.cancel({ code: Status.RESOURCE_EXHAUSTED, text });
    return false;
  }
}

/** Why a server takes no more calls. */
export const SHUT_DOWN: Cause = { code: Status.UNAVAILABLE, text: "the server is shutting down" };
/** What a server hears of a client that gave up. */
const CANCELLED: Cause = {
  code: Status.CANCELLED,
  text: "the caller cancelled the call, or is gone",
};

/** As a wire would carry it: half a surrogate pair is no UTF-8. */
export function wellFormed(text: string): string {
  return /\p{Surrogate}/u.test(text) ? Buffer.from(text).toString() : text;
}
