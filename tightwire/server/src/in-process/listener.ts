import { AsyncLocalStorage } from "node:async_hooks";
import type { Peer } from "@tightwire/core";
import {
  type Acceptor,
  type Capabilities,
  type ConnectOptions,
  type Listener,
  type ServerTransport,
  SHUTTING_DOWN,
} from "@tightwire/core/runtime";
import type { InProcessHandle } from "./call.js";
import { type ConnectionHost, InProcessConnection } from "./connection.js";
import { OpenCalls } from "./open-calls.js";

/** What the in-process transport can do, on both sides. */
export const CAPABILITIES: Capabilities = {
  compressRequests: true,
  compressResponses: true,
  knowsOutcome: true,
};

/** Where in-process connections meet their server: the server's transport, and its one listener. */
export class InProcessListener implements ServerTransport, Listener, ConnectionHost {
  readonly name = "in-process";
  readonly address = "in-process:";
  readonly capabilities: Capabilities = CAPABILITIES;
  readonly peer: Peer;
  draining = false;
  readonly #calls = new OpenCalls();
  readonly #connections = new Set<InProcessConnection>();
  /** Runs handlers in the async context that made the transport, not in that of the caller. */
  readonly #inOwnContext: <R>(body: () => R) => R = AsyncLocalStorage.snapshot();
  #acceptor: Acceptor | undefined = undefined;

  /** `identity` is the `peer.identity` of all calls. */
  constructor(identity: string | undefined) {
    this.peer = {
      kind: "in-process",
      address: "in-process",
      ...(identity === undefined ? {} : { identity }),
    };
  }

  listen(_address: string, acceptor: Acceptor): Promise<Listener> {
    this.#acceptor = acceptor;
    return Promise.resolve(this);
  }

  connect(options: ConnectOptions): InProcessConnection {
    const connection = new InProcessConnection(this, options);
    this.#connections.add(connection);
    return connection;
  }

  async drain(graceMs: number): Promise<void> {
    this.draining = true;
    for (const connection of this.#connections) connection.setState("draining", SHUTTING_DOWN);
    await this.#calls.whenEmpty(graceMs, (this.#acceptor as Acceptor).clock);
    await this.closeNow();
  }

  closeNow(): Promise<void> {
    this.draining = true;
    for (const connection of [...this.#connections]) connection.setState("closed", SHUTTING_DOWN);
    this.#connections.clear();
    for (const call of this.#calls.all) call.serverClosed(SHUTTING_DOWN);
    return Promise.resolve();
  }

  // ---- what connections tell ----

  add(call: InProcessHandle): void {
    this.#calls.add(call);
  }

  open(call: InProcessHandle): void {
    this.#inOwnContext(() => call.open(this.draining ? undefined : this.#acceptor));
  }

  callFinished(call: InProcessHandle): void {
    this.#calls.delete(call);
  }

  connectionClosed(connection: InProcessConnection): void {
    this.#connections.delete(connection);
  }
}
