import { Metadata, type Peer } from "@tightwire/core";
import {
  type Connection,
  type ConnectionInfo,
  type ConnectionState,
  type ConnectOptions,
  type OutgoingCall,
  type ResponseSink,
  SHUTTING_DOWN,
  type Status,
  StatusNumber,
  type UnarySink,
} from "@tightwire/core/runtime";
import type { CallKeeper, InProcessCallParts, InProcessHandle } from "./call.js";
import { OpenCalls } from "./open-calls.js";
import { InProcessStreamCall } from "./stream.js";
import { InProcessUnaryCall } from "./unary.js";

/** The server's end of in-process connections. */
export interface ConnectionHost extends CallKeeper {
  /** Who calls, as handlers see it. */
  readonly peer: Peer;
  /** The server takes no more calls. */
  readonly draining: boolean;
  /** Counts a call among those in flight. */
  add(call: InProcessHandle): void;
  /** Shows a call to the server. */
  open(call: InProcessHandle): void;
  connectionClosed(connection: InProcessConnection): void;
}

type StateListener = (state: ConnectionState, reason?: Status) => void;

const CLOSED: Status = { code: StatusNumber.UNAVAILABLE, message: "the connection was closed" };

/** A client's connection to a server in this process. */
export class InProcessConnection implements Connection, CallKeeper {
  readonly info: ConnectionInfo = { address: "in-process", protocol: "in-process" };
  /** A server of this process responds to what it accepts. */
  readonly responded = true;
  readonly #host: ConnectionHost;
  readonly #options: ConnectOptions;
  readonly #calls = new OpenCalls();
  #state: ConnectionState = "ready";
  #listener: StateListener | undefined = undefined;

  constructor(host: ConnectionHost, options: ConnectOptions) {
    this.#host = host;
    this.#options = options;
    if (host.draining) this.#state = "closed";
  }

  get capacity(): number {
    return this.#state === "ready" ? Number.POSITIVE_INFINITY : 0;
  }

  onState(listener: StateListener): void {
    this.#listener = listener;
    if (this.#state !== "ready") listener(this.#state, SHUTTING_DOWN);
  }

  /** Changes the state and tells the listener. */
  setState(state: ConnectionState, reason: Status): void {
    if (this.#state === state || this.#state === "closed") return;
    this.#state = state;
    this.#listener?.(state, reason);
  }

  unary(outgoing: OutgoingCall, message: Uint8Array, sink: UnarySink): InProcessUnaryCall {
    const call = new InProcessUnaryCall(this.#partsOf(outgoing), message, sink);
    this.#add(call);
    this.#host.open(call);
    return call;
  }

  stream(outgoing: OutgoingCall, sink: ResponseSink): InProcessStreamCall {
    const call = new InProcessStreamCall(this.#partsOf(outgoing), sink);
    this.#add(call);
    // Not before this returns: a caller must have its handle before it hears of the call.
    queueMicrotask(() => this.#host.open(call));
    return call;
  }

  async close(graceMs: number, status: Status = CLOSED): Promise<void> {
    this.setState("draining", status);
    await (graceMs === 0 ? undefined : this.#calls.whenEmpty(graceMs, this.#options.clock));
    for (const call of this.#calls.all) call.cancel(status);
    this.setState("closed", status);
    this.#host.connectionClosed(this);
  }

  callFinished(call: InProcessHandle): void {
    this.#calls.delete(call);
    this.#host.callFinished(call);
  }

  #partsOf(outgoing: OutgoingCall): InProcessCallParts {
    return {
      path: outgoing.path,
      metadata: metadataOf(outgoing),
      peer: this.#host.peer,
      deadline: outgoing.deadline,
      compress: outgoing.compress,
      maxMessageBytes: this.#options.maxMessageBytes,
      keeper: this,
    };
  }

  #add(call: InProcessHandle): void {
    this.#calls.add(call);
    this.#host.add(call);
  }
}

/** A copy of the metadata, so that neither side sees what the other changes later. */
function metadataOf(outgoing: OutgoingCall): Metadata {
  const metadata = new Metadata(outgoing.metadata);
  if (outgoing.previousAttempts > 0)
    metadata.appendReceived("grpc-previous-rpc-attempts", String(outgoing.previousAttempts));
  return metadata;
}
