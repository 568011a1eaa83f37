import type {
  CallHandle,
  Connection,
  ConnectionInfo,
  ConnectionState,
  OutgoingCall,
  ResponseSink,
  Status,
  StreamHandle,
  UnarySink,
} from "@tightwire/core/runtime";
import type { ClientSession } from "./client-session.js";

type StateListener = (state: ConnectionState, why?: Status) => void;

/** A session as the seam knows it. */
export class WireConnection implements Connection {
  readonly info: ConnectionInfo;
  readonly #session: ClientSession;
  #listener: StateListener | undefined = undefined;

  constructor(session: ClientSession, info: ConnectionInfo) {
    this.#session = session;
    this.info = info;
  }

  get capacity(): number {
    return this.#session.capacity;
  }

  get responded(): boolean {
    return this.#session.gotResponse;
  }

  onState(listener: StateListener): void {
    this.#listener = listener;
    if (this.#session.state !== "ready") listener(this.#session.state);
  }

  /** The session's state changed. */
  tell(state: ConnectionState, why: Status): void {
    this.#listener?.(state, why);
  }

  unary(call: OutgoingCall, message: Uint8Array, sink: UnarySink): CallHandle {
    return this.#session.unary(call, message, sink);
  }

  stream(call: OutgoingCall, sink: ResponseSink): StreamHandle {
    return this.#session.stream(call, sink);
  }

  close(graceMs: number, status?: Status): Promise<void> {
    return this.#session.close(graceMs, status);
  }
}
