/**
 * The peer broke a rule that ends the connection. Thrown by the parts that read bytes and caught in
 * one place, `Session.receive`, which sends GOAWAY: it never leaves the engine. Source: RFC 9113,
 * section 5.4.1.
 */
export class ConnectionError extends Error {
  /** One of `ErrorCode`. */
  readonly code: number;

  constructor(code: number, text: string) {
    super(text);
    this.code = code;
  }

  static {
    Object.defineProperty(ConnectionError.prototype, "name", {
      value: "ConnectionError",
      configurable: true,
      writable: true,
    });
  }
}
