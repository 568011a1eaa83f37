import type { Metadata, Peer } from "@tightwire/core";
import {
  type Acceptor,
  CALLER_CANCELLED,
  type CallHandle,
  type Completion,
  type FinalStatus,
  type IncomingCall,
  type IncomingSink,
  reportFault,
  SERVER_FAULT,
  SHUTTING_DOWN,
  type Status,
  StatusNumber,
  tellCancelled,
} from "@tightwire/core/runtime";

/** What a call is made of. */
export interface InProcessCallParts {
  readonly path: string;
  readonly metadata: Metadata;
  readonly peer: Peer;
  readonly deadline: number;
  /** Whether requests count as sent compressed, where a single one does not say. */
  readonly compress: boolean;
  /** The largest response that the client takes. */
  readonly maxMessageBytes: number;
  readonly keeper: CallKeeper;
}

/** Keeps the calls in flight of one connection. */
export interface CallKeeper {
  /** The call has finished and no handler runs for it any more. */
  callFinished(call: InProcessHandle): void;
}

/** A call as its connection and its listener keep it. */
export interface InProcessHandle extends CallHandle {
  /** Shows the call to the server; undefined when the server takes no more calls. */
  open(acceptor: Acceptor | undefined): void;
  /** The server closed: finishes the call on both sides. */
  serverClosed(status: Status): void;
}

/** The part of a call that carries its messages: one each way, or streams. */
export interface InProcessMessages extends InProcessHandle {
  /** The server has accepted the call: starts it and gives it the requests. */
  begin(server: IncomingSink, maxRequestBytes: number): void;
  /** Tells the client how the call finished and drops the messages that are left. */
  finished(completion: Completion): void;
}

/**
 * The life of a call between two sides of one process: how it opens, and how it finishes exactly
 * once. {@link InProcessUnaryCall} and {@link InProcessStreamCall} carry its messages.
 */
export class InProcessCall {
  readonly parts: InProcessCallParts;
  /** Reads the call on the server's side; undefined before it is accepted and once it finished. */
  server: IncomingSink | undefined = undefined;
  finished = false;
  readonly #messages: InProcessMessages;
  readonly #incoming: IncomingCall;
  /** Set once the call was shown to the server. */
  #acceptor: Acceptor | undefined = undefined;
  #handlerFinished = false;

  /** `incoming` is the server's view of the call. */
  constructor(parts: InProcessCallParts, messages: InProcessMessages, incoming: IncomingCall) {
    this.parts = parts;
    this.#messages = messages;
    this.#incoming = incoming;
  }

  /** Shows the call to the server; undefined when the server takes no more calls. */
  open(acceptor: Acceptor | undefined): void {
    if (acceptor === undefined) return this.#refuse();
    if (this.finished) return;
    this.#acceptor = acceptor;
    try {
      this.#openAt(acceptor);
    } catch (thrown) {
      this.failForFault(thrown);
    }
  }

  /** The server's side threw. That fails this call, and nothing of its caller. */
  failForFault(thrown: unknown): void {
    const { server } = this;
    reportFault(this.#acceptor ?? {}, thrown, this.parts.path);
    this.#handlerFinished = true;
    this.finish(SERVER_FAULT, "unknown", "peer");
    this.#tellCancelled(server, SERVER_FAULT);
  }

  #tellCancelled(server: IncomingSink | undefined, status: Status): void {
    tellCancelled(this.#acceptor ?? {}, server, status, this.parts.path);
  }

  #openAt(acceptor: Acceptor): void {
    const opened = acceptor.open(this.#incoming);
    if (opened.kind === "refused") {
      this.#handlerFinished = true;
      this.#incoming.finish(opened.status);
    } else {
      this.server = opened;
      this.#messages.begin(opened, acceptor.maxMessageBytes);
    }
  }

  #refuse(): void {
    this.#handlerFinished = true;
    this.finish(SHUTTING_DOWN, "not-processed", "peer");
  }

  /** The client cancels the call. */
  cancel(status: Status): void {
    if (this.finished) return;
    const { server } = this;
    this.finish(status, this.#acceptor === undefined ? "not-processed" : "unknown", "local");
    // The server learns what a network would tell it: that the deadline passed, or nothing more.
    const late = status.code === StatusNumber.DEADLINE_EXCEEDED;
    this.#tellCancelled(server, late ? status : CALLER_CANCELLED);
  }

  /** The server closed: finishes the call on both sides. */
  serverClosed(status: Status): void {
    if (this.finished) return;
    const { server } = this;
    this.finish(status, "unknown", "local");
    this.#tellCancelled(server, status);
  }

  /** No handler runs for the call any more. */
  handlerFinished(): void {
    this.#handlerFinished = true;
    if (this.finished) this.parts.keeper.callFinished(this.#messages);
  }

  /** Finishes the call for its client: the one place where that happens. */
  finish(
    { code, message }: Status,
    outcome: Completion["outcome"],
    origin: Completion["origin"],
    trailers: FinalStatus["trailers"] = undefined,
  ): void {
    this.complete({ code, message, headers: undefined, trailers, outcome, origin });
  }

  /** As {@link finish}, with a completion that is made already. */
  complete(completion: Completion): void {
    if (this.finished) return;
    this.finished = true;
    this.server = undefined;
    this.#messages.finished(completion);
    if (this.#handlerFinished || this.#acceptor === undefined)
      this.parts.keeper.callFinished(this.#messages);
  }

  /** Finishes the call because a request is larger than the server takes. */
  refuseRequest(bytes: number, maxBytes: number): void {
    const status = messageTooLarge("request", bytes, maxBytes);
    const { server } = this;
    this.finish(status, "responded", "peer");
    this.#tellCancelled(server, status);
  }

  /** Whether the client takes a response of this size; if not, that has cancelled the call. */
  takesResponse({ byteLength }: Uint8Array): boolean {
    const { maxMessageBytes } = this.parts;
    if (byteLength <= maxMessageBytes) return true;
    this.cancel(messageTooLarge("response", byteLength, maxMessageBytes));
    return false;
  }
}

function messageTooLarge(kind: "request" | "response", bytes: number, maxBytes: number): Status {
  return {
    code: StatusNumber.RESOURCE_EXHAUSTED,
    message: `a ${kind} of ${bytes} bytes is larger than the limit of ${maxBytes} bytes`,
  };
}
