import { create, type JsonObject, type Registry, toJson } from "@bufbuild/protobuf";
import { AnySchema } from "@bufbuild/protobuf/wkt";
import type { ErrorDetail, RpcError } from "@tightwire/core";

/** An error as Connect has it in JSON. Source: connectrpc.com, "Error end-stream". */
export function connectError(error: RpcError, registry: Registry): JsonObject {
  return {
    code: error.code === "cancelled" ? "canceled" : error.code,
    message: error.message,
    ...(error.details.length === 0 ? {} : { details: error.details.map((detail) => connectDetail(detail, registry)) }),
  };
}

function connectDetail({ type, value }: ErrorDetail, registry: Registry): JsonObject {
  const debug = readable({ type, value }, registry);
  return { type, value: Buffer.from(value).toString("base64").replace(/=+$/, ""), ...(debug === undefined ? {} : { debug }) };
}

/** A detail for people who read the answer; undefined when nobody here knows its type. */
function readable({ type, value }: ErrorDetail, registry: Registry): JsonObject | undefined {
  try {
    const { "@type": _type, ...fields } = toJson(AnySchema, create(AnySchema, { typeUrl: `type.googleapis.com/${type}`, value }), {
      registry,
    }) as JsonObject;
    return fields;
  } catch {
    return undefined;
  }
}
