import { badRequest, RpcError, type StatusCode } from "@tightwire/core";

/**
 * An error of the gateway itself, before there is a call: a status, and an HTTP status where the
 * usual one is less precise.
 */
export class HttpError extends RpcError {
  readonly httpStatus: number | undefined;
  /** Headers of the response. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: StatusCode,
    message: string,
    more: {
      httpStatus?: number;
      headers?: Record<string, string>;
      fields?: Record<string, string>;
    } = {},
  ) {
    super(code, message, more.fields === undefined ? {} : { details: [badRequest(more.fields)] });
    this.httpStatus = more.httpStatus;
    this.headers = more.headers ?? {};
  }
}

/** 400: the value of `field` is invalid. */
export function badField(field: string, text: string): HttpError {
  return new HttpError("invalid_argument", `${field}: ${text}`, { fields: { [field]: text } });
}
