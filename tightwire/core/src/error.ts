import { checkDetails, type DetailType, decodeStatusDetails, type ErrorDetail } from "./detail.js";
import { describeError } from "./error-description.js";
import { Metadata, type MetadataInit } from "./metadata.js";
import { MisuseError } from "./misuse-error.js";
import { type Outcome, type StatusCode, statusName, statusNumber } from "./status.js";
import type { Completion } from "./transport.js";

/** What an error may carry besides its code and message. */
export interface RpcErrorOptions {
  /** Rich details, made with `detail()` or `badRequest()`. */
  readonly details?: readonly ErrorDetail[];
  /** Sent as trailers of the response. */
  readonly metadata?: MetadataInit;
  /** Stays on this side; logged, never sent. */
  readonly cause?: unknown;
  /** Default "local". */
  readonly origin?: "local" | "peer";
  /** Default "responded". */
  readonly outcome?: Outcome;
  /** The path of the call that failed; set by clients only. */
  readonly call?: string;
}

const BRAND = Symbol.for("tightwire.RpcError");
const FORWARDED = Symbol.for("tightwire.RpcError.forwarded");

/** The trailer that holds rich details. */
export const DETAILS_KEY = "grpc-status-details-bin";

/**
 * The one error of calls, on both sides: a handler throws it to choose the status, a caller catches
 * it. `instanceof` works across copies of this package. Throws a {@link MisuseError} when the code
 * is not a status code or is "ok", and for an option, a detail or metadata that is not valid.
 */
export class RpcError extends Error {
  readonly code: StatusCode;
  readonly details: readonly ErrorDetail[];
  readonly metadata: Metadata;
  /** "peer" when the other side sent it, "local" when this side found it. */
  readonly origin: "local" | "peer";
  readonly outcome: Outcome;
  /** The path of the outgoing call that failed so; undefined for an error that a handler made. */
  readonly call: string | undefined;

  constructor(code: StatusCode, message: string, options: RpcErrorOptions = {}) {
    super(message, hasCause(options) ? { cause: options.cause } : undefined);
    if (statusNumber(code) === 0)
      throw new MisuseError("TW_INVALID_STATUS_CODE", 'an RpcError cannot be "ok"');
    if (options.details !== undefined) checkDetails(options.details);
    this.code = code;
    this.details = options.details ?? [];
    this.metadata = new Metadata(options.metadata);
    this.origin = options.origin ?? "local";
    this.outcome = options.outcome ?? "responded";
    this.call = options.call;
  }

  static {
    // Shown in front of the message, in stacks too: `RpcError [not_found] /shop.v1.Catalog/Get`.
    Object.defineProperty(RpcError.prototype, "name", {
      get(this: Partial<RpcError>) {
        if (this.code === undefined) return "RpcError";
        return `RpcError [${this.code}]${this.call === undefined ? "" : ` ${this.call}`}`;
      },
      configurable: true,
    });
    Object.defineProperty(RpcError.prototype, BRAND, { value: true });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    try {
      return typeof value === "object" && value !== null && BRAND in value;
    } catch {
      return false; // a proxy whose trap throws
    }
  }

  /**
   * The first detail of a type, decoded; undefined when there is none. Throws when its bytes are
   * not such a message.
   */
  detail<T>(type: DetailType<T>): T | undefined {
    const found = this.details.find((one) => one.type === type.$type);
    return found === undefined ? undefined : type.decode(found.value);
  }

  /**
   * This error, marked to pass through a handler unchanged: the peer's code, message and details
   * become this service's own response. Otherwise an error that came from a peer is translated, so
   * that one service's "permission denied" does not become another's.
   */
  forward(): RpcError {
    const { code, message, details, metadata, origin, outcome } = this;
    const kept = new Metadata();
    for (const [key, value] of metadata)
      if (!key.startsWith("grpc-")) kept.appendReceived(key, value);
    const forwarded = new RpcError(code, message, {
      details,
      metadata: kept,
      origin,
      outcome,
      cause: this,
    });
    Object.defineProperty(forwarded, FORWARDED, { value: true });
    return forwarded;
  }

  /** Whether {@link forward} made this error. */
  get forwarded(): boolean {
    return FORWARDED in this;
  }

  /**
   * `RpcError` as it is; anything else that was thrown becomes `unknown` with the original as
   * cause, its message kept on this side.
   */
  static from(thrown: unknown): RpcError {
    if (thrown instanceof RpcError) return thrown as RpcError;
    return new RpcError("unknown", describeError(thrown).message, { cause: thrown });
  }

  /** The error of a call that did not end OK, as its caller gets it; `path` names the call. */
  static fromCompletion(end: Completion, path: string, cause?: unknown): RpcError {
    const packed = end.trailers?.getBinary(DETAILS_KEY);
    const error = new RpcError(statusName(end.code), end.message, {
      details: packed === undefined ? [] : decodeStatusDetails(packed),
      origin: end.origin,
      outcome: end.outcome,
      call: path,
      ...(cause === undefined ? {} : { cause }),
    });
    if (end.trailers !== undefined)
      for (const [key, value] of end.trailers) error.metadata.appendReceived(key, value);
    return error;
  }
}

/** Throws a {@link MisuseError} for options that are not an object. */
function hasCause(options: RpcErrorOptions): boolean {
  if (typeof options === "object" && options !== null) return "cause" in options;
  throw new MisuseError(
    "TW_INVALID_OPTION",
    `the options of RpcError must be an object, such as { cause } (got ${String(options)})`,
  );
}
