import type { JsonObject, Registry } from "@bufbuild/protobuf";
import { type ErrorDetail, RpcError } from "@tightwire/core";
import { statusNumber } from "@tightwire/core/runtime";
import { detailJson, TYPE_URL } from "./detail-json.js";
import { HttpError } from "./http-error.js";
import { httpStatusOf, statusText } from "./status.js";

/** An error as an HTTP response. */
export interface ErrorResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const PROBLEM = "application/problem+json";

/**
 * Makes the response of an error: `google.rpc.Status` in JSON, or a problem (RFC 9457) when
 * `accept` asks for one.
 */
export function errorResponse(
  error: RpcError,
  accept: string | undefined,
  registry: Registry,
): ErrorResponse {
  const status =
    (error instanceof HttpError ? error.httpStatus : undefined) ?? httpStatusOf(error.code);
  const problem = accept?.includes(PROBLEM) === true;
  const headers = {
    "content-type": problem ? PROBLEM : "application/json",
    ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
    ...(error instanceof HttpError ? error.headers : {}),
  };
  return {
    status,
    headers,
    body: JSON.stringify(
      problem ? problemOf(error, status, registry) : statusJson(error, registry),
    ),
  };
}

/** An error as the JSON of `google.rpc.Status`. */
export function statusJson(error: RpcError, registry: Registry): JsonObject {
  return {
    code: statusNumber(error.code),
    message: error.message,
    details: detailsOf(error, registry),
  };
}

/** The members of RFC 9457, and in addition the name of the status and its details. */
function problemOf(error: RpcError, status: number, registry: Registry): JsonObject {
  const code = statusText(error.code);
  return {
    type: "about:blank",
    title: code,
    status,
    detail: error.message,
    code,
    details: detailsOf(error, registry),
  };
}

/** The details of an error. Details of unknown types contain their bytes. */
function detailsOf({ details }: RpcError, registry: Registry): JsonObject[] {
  return details.map(
    (detail) =>
      detailJson(detail, registry) ?? { "@type": TYPE_URL + detail.type, value: base64(detail) },
  );
}

function base64({ value }: ErrorDetail): string {
  return Buffer.from(value).toString("base64");
}

/** Converts what a call or the gateway threw. */
export function asRpcError(thrown: unknown): RpcError {
  if (thrown instanceof RpcError) {
    // A stream of requests that cannot be read cancels its call; the reason is the cause.
    const { cause } = thrown as RpcError;
    return cause instanceof HttpError ? cause : (thrown as RpcError);
  }
  return new RpcError("internal", "the gateway failed", { cause: thrown });
}
