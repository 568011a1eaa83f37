import { AsyncLocalStorage } from "node:async_hooks";
import { Metadata, type Peer } from "@tightwire/core";
import type {
  Acceptor,
  Capabilities,
  ClientTransport,
  Connection,
  ConnectionState,
  ConnectOptions,
  Listener,
  OutgoingCall,
  ResponseSink,
  ServerTransport,
  Status,
  UnarySink,
} from "@tightwire/core/runtime";
import { refuseUnknownOptions, StatusNumber, timerMs } from "@tightwire/core/runtime";
import { type InProcessCall, type InProcessCallParts, SHUT_DOWN } from "./in-process-call.js";
import { InProcessStreamCall } from "./in-process-stream-call.js";
import { InProcessUnaryCall } from "./in-process-unary-call.js";
import type { Server } from "./server.js";

/** Settings of an in-process transport; all optional. */
export interface InProcessOptions {
  /**
   * Who the calls come from: the `peer.identity` that handlers see. A name, not a proof. Default:
   * none.
   */
  readonly identity?: string;
}

const CAPABILITIES: Capabilities = {
  compressRequests: true,
  compressResponses: true,
  knowsOutcome: true,
};

/**
 * A transport to a server in this process: the same client, no socket. Handlers run in a fresh
 * context, only what metadata would carry crosses, messages are encoded and decoded, limits and
 * deadlines hold. Give it to `createChannel("in-process:", { transport: inProcess(server) })`.
 * Throws for an unknown option; calls to a server that was stopped before fail with UNAVAILABLE.
 */
export function inProcess(server: Server, options: InProcessOptions = {}): ClientTransport {
  refuseUnknownOptions("inProcess", options, ["identity"]);
  const hub = new Hub(options.identity);
  const listening = server.listen("in-process:", hub);
  // Whoever connects is told; nobody may.
  listening.catch(() => {});
  return {
    name: "in-process",
    capabilities: CAPABILITIES,
    connect: (_endpoint, connectOptions) => listening.then(() => hub.connect(connectOptions)),
  };
}

type StateListener = (state: ConnectionState, why?: Status) => void;

/** Where in-process connections meet their server. */
class Hub implements ServerTransport, Listener {
  readonly name = "in-process";
  readonly address = "in-process:";
  readonly capabilities = CAPABILITIES;
  readonly peer: Peer;
  readonly calls: Set<InProcessCall> = new Set();
  /** Runs code in the context of whoever made the transport, not of whoever makes a call. */
  readonly inFreshContext: <R>(body: () => R) => R = AsyncLocalStorage.snapshot();
  acceptor: Acceptor | undefined = undefined;
  draining = false;
  readonly #connections = new Set<InProcessConnection>();
  #idle: (() => void) | undefined = undefined;

  constructor(identity: string | undefined) {
    this.peer = {
      kind: "in-process",
      address: "in-process",
      ...(identity === undefined ? {} : { identity }),
    };
  }

  listen(_address: string, acceptor: Acceptor): Promise<Listener> {
    this.acceptor = acceptor;
    return Promise.resolve(this);
  }

  connect(options: ConnectOptions): Connection {
    const connection = new InProcessConnection(this, options);
    this.#connections.add(connection);
    return connection;
  }

  /** A call is over and settled. */
  left(call: InProcessCall): void {
    this.calls.delete(call);
    if (this.calls.size === 0) this.#idle?.();
  }

  forget(connection: InProcessConnection): void {
    this.#connections.delete(connection);
  }

  async drain(graceMs: number): Promise<void> {
    this.draining = true;
    for (const connection of this.#connections) connection.tell("draining", SHUT_DOWN);
    await this.#whenIdle(graceMs);
    await this.closeNow();
  }

  closeNow(): Promise<void> {
    this.draining = true;
    for (const call of [...this.calls]) call.lose(SHUT_DOWN);
    for (const connection of [...this.#connections]) connection.tell("closed", SHUT_DOWN);
    this.#connections.clear();
    return Promise.resolve();
  }

  #whenIdle(graceMs: number): Promise<void> {
    if (this.calls.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = (this.acceptor as Acceptor).clock.setTimer(resolve, timerMs(graceMs));
      this.#idle = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}

const CLOSED: Status = { code: StatusNumber.UNAVAILABLE, message: "the connection was closed" };

class InProcessConnection implements Connection {
  readonly info = { address: "in-process", protocol: "in-process" };
  readonly #hub: Hub;
  readonly #options: ConnectOptions;
  readonly #calls = new Set<InProcessCall>();
  #idle: (() => void) | undefined = undefined;
  #state: ConnectionState = "ready";
  #listener: StateListener | undefined = undefined;

  constructor(hub: Hub, options: ConnectOptions) {
    this.#hub = hub;
    this.#options = options;
    if (hub.draining) this.#state = "closed";
  }

  get capacity(): number {
    return this.#state === "ready" ? Number.POSITIVE_INFINITY : 0;
  }

  onState(listener: StateListener): void {
    this.#listener = listener;
    if (this.#state !== "ready") listener(this.#state, SHUT_DOWN);
  }

  tell(state: ConnectionState, why: Status): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#listener?.(state, why);
  }

  unary(outgoing: OutgoingCall, message: Uint8Array, sink: UnarySink): InProcessUnaryCall {
    const call = new InProcessUnaryCall(this.#partsOf(outgoing), message, sink);
    this.#add(call);
    this.#show(call);
    return call;
  }

  stream(outgoing: OutgoingCall, sink: ResponseSink): InProcessStreamCall {
    const call = new InProcessStreamCall(this.#partsOf(outgoing), sink);
    this.#add(call);
    // Never before this returns: a caller knows its handle before it hears of the call.
    queueMicrotask(() => this.#show(call));
    return call;
  }

  async close(graceMs: number): Promise<void> {
    this.tell("draining", CLOSED);
    await this.#whenIdle(graceMs);
    for (const call of [...this.#calls]) call.cancel(CLOSED);
    this.tell("closed", CLOSED);
    this.#hub.forget(this);
  }

  left(call: InProcessCall): void {
    this.#calls.delete(call);
    if (this.#calls.size === 0) this.#idle?.();
    this.#hub.left(call);
  }

  #whenIdle(graceMs: number): Promise<void> {
    if (this.#calls.size === 0 || graceMs === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#options.clock.setTimer(resolve, timerMs(graceMs));
      this.#idle = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  #partsOf(outgoing: OutgoingCall): InProcessCallParts {
    return {
      path: outgoing.path,
      metadata: carried(outgoing),
      peer: this.#hub.peer,
      deadline: outgoing.deadline,
      compress: outgoing.compress,
      maxMessageBytes: this.#options.maxMessageBytes,
      keeper: this,
    };
  }

  #add(call: InProcessCall): void {
    this.#calls.add(call);
    this.#hub.calls.add(call);
  }

  #show(call: InProcessCall): void {
    const hub = this.#hub;
    hub.inFreshContext(() => call.show(hub.draining ? undefined : hub.acceptor));
  }
}

/**
 * What crosses beside the messages: a copy, so that neither side sees what the other changes later.
 */
function carried(outgoing: OutgoingCall): Metadata {
  const metadata = new Metadata(outgoing.metadata);
  if (outgoing.previousAttempts > 0)
    metadata.appendReceived("grpc-previous-rpc-attempts", String(outgoing.previousAttempts));
  return metadata;
}
