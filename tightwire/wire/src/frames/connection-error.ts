import { ErrorCode } from "./protocol.js";
/**
 * The peer broke a rule, which closes the connection. Thrown by the parts that read bytes and
 * caught in one place, `Session.receive`, which sends GOAWAY: it never leaves the engine. Source:
 * RFC 9113, section 5.4.1.
 */
export class ConnectionError extends Error {
  /** One of `ErrorCode`. */
  readonly code: number;
  /** The name of the limit that the peer went beyond, if that is the fault. */
  readonly limit: string | undefined;

  constructor(code: number, text: string, limit?: string) {
    super(text);
    this.code = code;
    this.limit = limit;
  }

  static {
    Object.defineProperty(ConnectionError.prototype, "name", {
      value: "ConnectionError",
      configurable: true,
      writable: true,
    });
  }
}

/** The peer must slow down: it went beyond the limit of this name. */
export function calm(what: string, limit?: string): ConnectionError {
  return new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, what, limit);
}

/** A frame came on a stream that was never opened. */
export function onIdle(what: string, streamId: number): ConnectionError {
  return new ConnectionError(ErrorCode.PROTOCOL_ERROR, `${what} on idle stream ${streamId}`);
}

/** A frame came on a stream that is closed. */
export function onClosed(what: string, streamId: number): ConnectionError {
  return new ConnectionError(ErrorCode.STREAM_CLOSED, `${what} on closed stream ${streamId}`);
}
