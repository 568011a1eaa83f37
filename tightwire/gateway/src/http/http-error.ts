import { badRequest, RpcError, type StatusCode } from "@tightwire/core";

/**
 * A request that the gateway itself refuses, before there is a call: a status, and an HTTP status
 * where the usual one would say less.
 */
export class HttpError extends RpcError {
  readonly httpStatus: number | undefined;
  /** Headers of the answer. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: StatusCode,
    text: string,
    more: {
      httpStatus?: number;
      headers?: Record<string, string>;
      fields?: Record<string, string>;
    } = {},
  ) {
    super(code, text, more.fields === undefined ? {} : { details: [badRequest(more.fields)] });
    this.httpStatus = more.httpStatus;
    this.headers = more.headers ?? {};
  }
}

/** 400: what stands at `field` cannot be. */
export function badField(field: string, text: string): HttpError {
  return new HttpError("invalid_argument", `${field}: ${text}`, { fields: { [field]: text } });
}
