/**
 * The stable codes of errors that are not the status of a call: misuse, configuration, and what
 * keeps a server from starting. `docs/reference/errors.md` explains each.
 */
export type ErrorCode =
  | "TW_UNKNOWN_OPTION"
  | "TW_INVALID_OPTION"
  | "TW_INVALID_TARGET"
  | "TW_INVALID_ADDRESS"
  | "TW_INVALID_METADATA"
  | "TW_INVALID_STATUS_CODE"
  | "TW_INVALID_DETAILS"
  | "TW_INVALID_REQUESTS"
  | "TW_REQUESTS_CONSUMED"
  | "TW_INVALID_NEXT"
  | "TW_INVALID_RESPONSE"
  | "TW_INVALID_INTERCEPTOR"
  | "TW_INVALID_FILE"
  | "TW_INVALID_ROUTE"
  | "TW_INVALID_POLICY"
  | "TW_NOT_A_CHANNEL"
  | "TW_MISSING_HANDLER"
  | "TW_MISSING_IMAGE"
  | "TW_UNKNOWN_SERVICE"
  | "TW_DUPLICATE_SERVICE"
  | "TW_DUPLICATE_ROUTE"
  | "TW_ALREADY_LISTENING"
  | "TW_STOPPED"
  | "TW_ADDRESS_IN_USE"
  | "TW_ADDRESS_NOT_PERMITTED"
  | "TW_CANNOT_LISTEN"
  | "TW_UNREADABLE_FILE";

/**
 * Wrong use of this library by the program around it, on either side: an option that does not
 * exist, a target that cannot be read, a service that was added twice. Thrown at once, where the
 * mistake is; its message says what is wrong and what is allowed.
 */
export class MisuseError extends TypeError {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  static {
    nameWithCode(MisuseError.prototype);
  }
}

/**
 * What the machine does not allow: a file that cannot be read, an address in use. Another attempt
 * may succeed.
 */
export class StartError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  static {
    nameWithCode(StartError.prototype);
  }
}

/** Shows the code in front of the message, as Node's own errors do: `MisuseError [TW_STOPPED]`. */
function nameWithCode(prototype: Error & { readonly code: ErrorCode }): void {
  const { name } = prototype.constructor;
  Object.defineProperty(prototype, "name", {
    get(this: { readonly code?: ErrorCode }) {
      return this.code === undefined ? name : `${name} [${this.code}]`;
    },
    configurable: true,
  });
}
