import { type CallOptions, type MethodDefinition, RpcError } from "@tightwire/core";
import {
  type CallHandle,
  type Completion,
  type Connection,
  noteCompressed,
  type Status,
  StatusNumber,
  type UnarySink,
} from "@tightwire/core/runtime";
import type { OpenChannel } from "./channel.js";
import { ClientCall } from "./client-call.js";

/** The straight path: one message out, one in. */
export class UnaryClientCall extends ClientCall implements UnarySink {
  /** Until it is taken. */
  response: unknown = undefined;
  #bytes: Uint8Array | undefined = undefined;
  #handle: CallHandle | undefined = undefined;
  #settled: ((call: UnaryClientCall) => void) | undefined = undefined;

  constructor(
    method: MethodDefinition,
    channel: OpenChannel,
    request: unknown,
    options: CallOptions,
  ) {
    super(method, channel, options);
    this.request = request;
  }

  /**
   * Resolves when the call is over, well or not: `end` says how; or when an attempt is over that is
   * to be made again.
   */
  run(): Promise<UnaryClientCall> {
    return new Promise((resolve) => this.start(resolve));
  }

  /** As {@link run}, for who is called back: maybe before this returns. */
  start(settled: (call: UnaryClientCall) => void): void {
    this.#settled = settled;
    if (this.end !== undefined) settled(this);
    else if (this.#encode()) this.begin();
  }

  /**
   * The response, which is the caller's from then on: a call that waits to be collected would keep
   * it alive.
   */
  takeResponse(): unknown {
    const { response } = this;
    this.response = undefined;
    return response;
  }

  #encode(): boolean {
    try {
      this.#bytes = encodeRequest(this.method, this.request);
      this.compress = this.compresses(this.request);
      return true;
    } catch (error) {
      const { message, cause } = error as Error;
      this.abortReason = cause;
      this.finishLocally({ code: StatusNumber.INTERNAL, message: message });
      return false;
    }
  }

  finished(end: Completion, message: Uint8Array | undefined, compressed?: boolean): void {
    this.#handle = undefined;
    if (end.code !== StatusNumber.OK) {
      if (this.end === undefined && this.resend(end)) return;
      return this.finish(end);
    }
    try {
      this.response = this.method.response.decode(message as Uint8Array);
      if (compressed === true) noteCompressed(this.response);
      this.observer?.message?.("received", (message as Uint8Array).byteLength);
      this.finish(end);
    } catch (error) {
      this.finish(undecodable(this.method, end, error));
    }
  }

  protected override dispatch(connection: Connection): void {
    this.observer?.message?.("sent", (this.#bytes as Uint8Array).byteLength);
    const handle = connection.unary(this, this.#bytes as Uint8Array, this);
    if (this.end === undefined) this.#handle = handle;
    else handle.cancel(this.end); // a handler in this process may have ended it by now
  }

  protected override cancel(cause: Status): void {
    if (this.#handle === undefined) this.finishLocally(cause);
    else this.#handle.cancel(cause);
  }

  protected override settle(): void {
    this.#settled?.(this);
  }

  protected override leaveAttempt(): void {
    this.#settled?.(this);
  }
}

/**
 * A request's bytes, from part of one. Throws an INTERNAL RpcError that names the method when it is
 * no such message.
 */
export function encodeRequest(method: MethodDefinition, request: unknown): Uint8Array {
  try {
    return method.request.encode(method.request.create(request as never));
  } catch (cause) {
    throw new RpcError(
      "internal",
      `the request of ${method.path} cannot be encoded: ${messageOf(cause)}`,
      { cause, call: method.path },
    );
  }
}

/** How a call ends whose answer is no such message. */
export function undecodable(
  method: MethodDefinition,
  end: Pick<Completion, "headers" | "trailers">,
  error: unknown,
): Completion {
  const text = `the answer of ${method.path} cannot be decoded: ${messageOf(error)}`;
  return {
    code: StatusNumber.INTERNAL,
    message: text,
    headers: end.headers,
    trailers: end.trailers,
    outcome: "responded",
    origin: "local",
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
