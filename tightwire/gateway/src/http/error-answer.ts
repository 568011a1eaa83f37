import { create, type JsonObject, type Registry, toJson } from "@bufbuild/protobuf";
import { AnySchema } from "@bufbuild/protobuf/wkt";
import { type ErrorDetail, RpcError } from "@tightwire/core";
import { Refusal } from "./refusal.js";
import { httpStatusOf, statusNumberOf, statusText } from "./status.js";

/** An error as an HTTP answer. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const PROBLEM = "application/problem+json";

/** An error as `google.rpc.Status` in JSON, or as a problem (RFC 9457) for those who ask for one. */
export function errorAnswer(error: RpcError, accept: string | undefined, registry: Registry): ErrorAnswer {
  const status = (error instanceof Refusal ? error.httpStatus : undefined) ?? httpStatusOf(error.code);
  const problem = accept?.includes(PROBLEM) === true;
  const headers = {
    "content-type": problem ? PROBLEM : "application/json",
    ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
    ...(error instanceof Refusal ? error.headers : {}),
  };
  return { status, headers, body: JSON.stringify(problem ? problemOf(error, status, registry) : statusJson(error, registry)) };
}

/** `google.rpc.Status` as JSON. */
export function statusJson(error: RpcError, registry: Registry): JsonObject {
  return { code: statusNumberOf(error.code), message: error.message, details: error.details.map((detail) => detailJson(detail, registry)) };
}

/** The members of RFC 9457, and beside them the status by name and its details. */
function problemOf(error: RpcError, status: number, registry: Registry): JsonObject {
  const details = error.details.map((detail) => detailJson(detail, registry));
  return { type: "about:blank", title: statusText(error.code), status, detail: error.message, code: statusText(error.code), details };
}

const TYPE_URL = "type.googleapis.com/";

/** A detail as the JSON of `google.protobuf.Any`; of a type that nobody here knows its bytes. */
function detailJson({ type, value }: ErrorDetail, registry: Registry): JsonObject {
  try {
    return toJson(AnySchema, create(AnySchema, { typeUrl: TYPE_URL + type, value }), { registry }) as JsonObject;
  } catch {
    return { "@type": TYPE_URL + type, value: Buffer.from(value).toString("base64") };
  }
}

/** The error of a call, or of what the gateway met before there was one. */
export function asRpcError(thrown: unknown): RpcError {
  if (thrown instanceof RpcError) {
    // Requests that could not be read end their call from this side; what was wrong with them is the cause.
    const { cause } = thrown as RpcError;
    return cause instanceof Refusal ? cause : (thrown as RpcError);
  }
  const { statusCode } = thrown as { statusCode?: unknown };
  if (typeof statusCode !== "number" || statusCode >= 500 || !(thrown instanceof Error))
    return new RpcError("internal", "the gateway failed", { cause: thrown });
  if (statusCode === 413) return new Refusal("resource_exhausted", "the body is larger than is taken here", { httpStatus: 413 });
  return new Refusal("invalid_argument", thrown.message, { httpStatus: statusCode });
}
