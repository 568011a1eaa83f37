import type { DescMessage } from "@bufbuild/protobuf";

const OWN_JSON: ReadonlySet<string> = new Set(
  ["Timestamp", "Duration", "FieldMask", "Struct", "Value", "ListValue", "Any"]
    .concat(
      ["Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes"].map(
        (type) => `${type}Value`,
      ),
    )
    .map((name) => `google.protobuf.${name}`),
);

/**
 * Whether ProtoJSON has a special form for a message, in which its fields have no names. Source:
 * protobuf.dev, "ProtoJSON Format".
 */
export function hasOwnJson({ typeName }: DescMessage): boolean {
  return OWN_JSON.has(typeName);
}
