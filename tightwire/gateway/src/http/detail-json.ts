import { create, type JsonObject, type Registry, toJson } from "@bufbuild/protobuf";
import { AnySchema } from "@bufbuild/protobuf/wkt";
import type { ErrorDetail } from "@tightwire/core";

/** The prefix of type names in `google.protobuf.Any`. */
export const TYPE_URL = "type.googleapis.com/";

/**
 * A detail as the JSON of `google.protobuf.Any`. Undefined when the registry does not have its
 * type, or its bytes cannot be decoded.
 */
export function detailJson(
  { type, value }: ErrorDetail,
  registry: Registry,
): JsonObject | undefined {
  try {
    return toJson(AnySchema, create(AnySchema, { typeUrl: TYPE_URL + type, value }), {
      registry,
    }) as JsonObject;
  } catch {
    return undefined;
  }
}
