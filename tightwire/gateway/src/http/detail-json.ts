import { create, type JsonObject, type Registry, toJson } from "@bufbuild/protobuf";
import { AnySchema } from "@bufbuild/protobuf/wkt";
import type { ErrorDetail } from "@tightwire/core";

/** What stands before the name of a type in `google.protobuf.Any`. */
export const TYPE_URL = "type.googleapis.com/";

/**
 * A detail as the JSON of `google.protobuf.Any`; undefined when nobody here knows its type, or its
 * bytes are no such message.
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
