import { type Channel, connectivityState } from "@grpc/grpc-js";
import {
  type Clock,
  type Completion,
  type Connection,
  type ConnectionInfo,
  type ConnectionState,
  type Endpoint,
  type OutgoingCall,
  type ResponseSink,
  type Status,
  StatusNumber,
  type StreamHandle,
  timerMs,
  type UnarySink,
} from "@tightwire/core/runtime";
import { type CallConnection, GrpcJsCall } from "./call.js";
import { UnaryResponses } from "./unary-responses.js";

/** grpc-js does not say why a connection closed that this side did not close. */
const CLOSED_UNEXPECTEDLY: Status = {
  code: StatusNumber.UNAVAILABLE,
  message: "the connection closed unexpectedly",
};
const CLOSED: Status = { code: StatusNumber.UNAVAILABLE, message: "the connection was closed" };

/**
 * A connected grpc-js channel. When that leaves READY this connection drains: calls in flight
 * finish by themselves, and our channel makes another connection.
 */
export class GrpcJsConnection implements Connection, CallConnection {
  readonly info: ConnectionInfo;
  readonly authority: string;
  readonly channel: Channel;
  readonly clock: Clock;
  responded = false;
  readonly #calls = new Set<GrpcJsCall>();
  #state: ConnectionState = "ready";
  #listener: ((state: ConnectionState, status?: Status) => void) | undefined = undefined;
  #whenIdle: (() => void) | undefined = undefined;

  constructor(channel: Channel, endpoint: Endpoint, tls: boolean, clock: Clock) {
    this.channel = channel;
    this.clock = clock;
    this.authority = endpoint.authority;
    this.info = { address: endpoint.address, protocol: tls ? "h2" : "h2c" };
    this.#watch();
  }

  get capacity(): number {
    return this.#state === "ready" ? Number.POSITIVE_INFINITY : 0;
  }

  onState(listener: (state: ConnectionState, status?: Status) => void): void {
    this.#listener = listener;
    if (this.#state !== "ready") listener(this.#state, CLOSED_UNEXPECTEDLY);
  }

  unary(call: OutgoingCall, message: Uint8Array, sink: UnarySink): GrpcJsCall {
    const handle = this.#start(call, new UnaryResponses(sink));
    handle.pull(2); // to see a second message, which is an error
    handle.write(message);
    handle.halfClose();
    return handle;
  }

  stream(call: OutgoingCall, sink: ResponseSink): StreamHandle {
    return this.#start(call, sink);
  }

  async close(graceMs: number, status: Status = CLOSED): Promise<void> {
    this.#tell("draining", status);
    if (this.#calls.size > 0 && graceMs > 0) {
      await new Promise<void>((resolve) => {
        const timer = this.clock.setTimer(resolve, timerMs(graceMs));
        const before = this.#whenIdle; // it may be closed again, with less time
        this.#whenIdle = () => {
          before?.();
          timer.cancel();
          resolve();
        };
      });
    }
    for (const call of [...this.#calls]) call.cancel(status);
    this.#tell("closed", status);
    this.channel.close();
  }

  callFinishing({ origin }: Completion): void {
    if (origin === "peer") this.responded = true;
    else if (this.#state === "ready" && !this.#isReady) this.#tell("draining", CLOSED_UNEXPECTEDLY);
  }

  callFinished(call: GrpcJsCall): void {
    this.#calls.delete(call);
    if (this.#calls.size > 0) return;
    this.#whenIdle?.();
    if (this.#state === "draining" && this.#whenIdle === undefined) this.#finish();
  }

  get #isReady(): boolean {
    return this.channel.getConnectivityState(false) === connectivityState.READY;
  }

  #start(call: OutgoingCall, sink: ResponseSink): GrpcJsCall {
    const handle = new GrpcJsCall(this, call, sink);
    this.#calls.add(handle);
    return handle;
  }

  #watch(): void {
    if (!this.#isReady) {
      this.#tell("draining", CLOSED_UNEXPECTEDLY);
      if (this.#calls.size === 0) this.#finish();
      return;
    }
    this.channel.watchConnectivityState(connectivityState.READY, Number.POSITIVE_INFINITY, () => {
      if (this.#state === "ready") this.#watch();
    });
  }

  #finish(): void {
    this.#tell("closed", CLOSED_UNEXPECTEDLY);
    this.channel.close();
  }

  #tell(state: ConnectionState, status: Status): void {
    if (this.#state === state || this.#state === "closed") return;
    this.#state = state;
    this.#listener?.(state, status);
  }
}
