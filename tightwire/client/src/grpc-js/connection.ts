import { type Channel, connectivityState } from "@grpc/grpc-js";
import {
  type Connection,
  type ConnectionInfo,
  type ConnectionState,
  type Endpoint,
  type OutgoingCall,
  type ResponseSink,
  type Status,
  StatusNumber,
  type StreamHandle,
  type UnarySink,
} from "@tightwire/core/runtime";
import { GrpcJsCall, UnaryResponses } from "./call.js";

const LOST: Status = { code: StatusNumber.UNAVAILABLE, message: "the connection was lost" };
const CLOSED: Status = { code: StatusNumber.UNAVAILABLE, message: "the connection was closed" };

/**
 * One connected grpc-js channel. When it leaves READY it is over for us: calls in flight end by
 * themselves, and the channel above connects anew.
 */
export class GrpcJsConnection implements Connection {
  readonly info: ConnectionInfo;
  readonly authority: string;
  readonly channel: Channel;
  readonly #calls = new Set<GrpcJsCall>();
  #state: ConnectionState = "ready";
  #listener: ((state: ConnectionState, why?: Status) => void) | undefined = undefined;
  #whenIdle: (() => void) | undefined = undefined;

  constructor(channel: Channel, endpoint: Endpoint, tls: boolean) {
    this.channel = channel;
    this.authority = endpoint.authority;
    this.info = { address: endpoint.address, protocol: tls ? "h2" : "h2c" };
    this.#watch();
  }

  get capacity(): number {
    return this.#state === "ready" ? Number.POSITIVE_INFINITY : 0;
  }

  onState(listener: (state: ConnectionState, why?: Status) => void): void {
    this.#listener = listener;
    if (this.#state !== "ready") listener(this.#state, LOST);
  }

  unary(call: OutgoingCall, message: Uint8Array, sink: UnarySink): GrpcJsCall {
    const handle = this.#start(call, new UnaryResponses(sink));
    handle.pull(2); // a second answer is a fault, and is to be seen
    handle.write(message);
    handle.halfClose();
    return handle;
  }

  stream(call: OutgoingCall, sink: ResponseSink): StreamHandle {
    return this.#start(call, sink);
  }

  async close(graceMs: number): Promise<void> {
    this.#tell("draining", CLOSED);
    if (this.#calls.size > 0 && graceMs > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, graceMs);
        this.#whenIdle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    for (const call of [...this.#calls]) call.cancel(CLOSED);
    this.#tell("closed", CLOSED);
    this.channel.close();
  }

  /** A call is over. */
  left(call: GrpcJsCall): void {
    this.#calls.delete(call);
    if (this.#calls.size > 0) return;
    this.#whenIdle?.();
    if (this.#state === "draining" && this.#whenIdle === undefined) this.#finish();
  }

  #start(call: OutgoingCall, sink: ResponseSink): GrpcJsCall {
    const handle = new GrpcJsCall(this, call, sink);
    this.#calls.add(handle);
    return handle;
  }

  #watch(): void {
    if (this.channel.getConnectivityState(false) !== connectivityState.READY) {
      this.#tell("draining", LOST);
      if (this.#calls.size === 0) this.#finish();
      return;
    }
    this.channel.watchConnectivityState(connectivityState.READY, Number.POSITIVE_INFINITY, () => {
      if (this.#state === "ready") this.#watch();
    });
  }

  #finish(): void {
    this.#tell("closed", LOST);
    this.channel.close();
  }

  #tell(state: ConnectionState, why: Status): void {
    if (this.#state === state || this.#state === "closed") return;
    this.#state = state;
    this.#listener?.(state, why);
  }
}
