import type { JsonObject, Registry } from "@bufbuild/protobuf";
import type { ErrorDetail, RpcError } from "@tightwire/core";
import { detailJson } from "../http/detail-json.js";

/** An error in the JSON form of Connect. Source: connectrpc.com, "Error end-stream". */
export function connectError(error: RpcError, registry: Registry): JsonObject {
  return {
    code: error.code === "cancelled" ? "canceled" : error.code,
    message: error.message,
    ...(error.details.length === 0
      ? {}
      : { details: error.details.map((detail) => connectDetail(detail, registry)) }),
  };
}

function connectDetail(detail: ErrorDetail, registry: Registry): JsonObject {
  const { type, value } = detail;
  // For people who read the response.
  const { "@type": known, ...debug } = detailJson(detail, registry) ?? {};
  return {
    type,
    value: Buffer.from(value).toString("base64").replace(/=+$/, ""),
    ...(known === undefined ? {} : { debug }),
  };
}
