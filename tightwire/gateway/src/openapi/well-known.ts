import type { JsonObject } from "@bufbuild/protobuf";

const nullable = (type: string, more: JsonObject = {}): JsonObject => ({
  type: [type, "null"],
  ...more,
});

/**
 * The messages with a special form in ProtoJSON. Source: protobuf.dev, "ProtoJSON Format".
 */
const WELL_KNOWN: ReadonlyMap<string, JsonObject> = new Map<string, JsonObject>([
  ["google.protobuf.Timestamp", { type: "string", format: "date-time" }],
  [
    "google.protobuf.Duration",
    {
      type: "string",
      pattern: "^-?\\d+(\\.\\d{1,9})?s$",
      description: "Seconds, followed by an s: `1.5s`.",
    },
  ],
  [
    "google.protobuf.FieldMask",
    { type: "string", description: "Paths of fields, separated by commas: `title,buyer.name`." },
  ],
  ["google.protobuf.Empty", { type: "object" }],
  ["google.protobuf.Struct", { type: "object", additionalProperties: true }],
  ["google.protobuf.Value", { description: "Any JSON value." }],
  ["google.protobuf.ListValue", { type: "array", items: {} }],
  [
    "google.protobuf.Any",
    {
      type: "object",
      properties: {
        "@type": {
          type: "string",
          description: "The type of the message in the other properties.",
        },
      },
      required: ["@type"],
      additionalProperties: true,
    },
  ],
  ["google.protobuf.DoubleValue", nullable("number", { format: "double" })],
  ["google.protobuf.FloatValue", nullable("number", { format: "float" })],
  ["google.protobuf.Int64Value", nullable("string", { format: "int64" })],
  ["google.protobuf.UInt64Value", nullable("string", { format: "uint64" })],
  ["google.protobuf.Int32Value", nullable("integer", { format: "int32" })],
  ["google.protobuf.UInt32Value", nullable("integer", { minimum: 0 })],
  ["google.protobuf.BoolValue", nullable("boolean")],
  ["google.protobuf.StringValue", nullable("string")],
  ["google.protobuf.BytesValue", nullable("string", { contentEncoding: "base64" })],
]);

/** The schema of such a message; undefined for all others. */
export function wellKnownSchema(typeName: string): JsonObject | undefined {
  return WELL_KNOWN.get(typeName);
}

const EXAMPLES: ReadonlyMap<string, string | number | boolean | JsonObject> = new Map<
  string,
  string | number | boolean | JsonObject
>([
  ["google.protobuf.Timestamp", "2026-01-31T12:00:00Z"],
  ["google.protobuf.Duration", "1.5s"],
  ["google.protobuf.FieldMask", "name"],
  ["google.protobuf.Empty", {}],
  ["google.protobuf.Struct", { key: "value" }],
  ["google.protobuf.Value", "value"],
  [
    "google.protobuf.Any",
    { "@type": "type.googleapis.com/google.protobuf.Duration", value: "1.5s" },
  ],
  ["google.protobuf.DoubleValue", 1.5],
  ["google.protobuf.FloatValue", 1.5],
  ["google.protobuf.Int64Value", "1"],
  ["google.protobuf.UInt64Value", "1"],
  ["google.protobuf.Int32Value", 1],
  ["google.protobuf.UInt32Value", 1],
  ["google.protobuf.BoolValue", true],
  ["google.protobuf.StringValue", "text"],
  ["google.protobuf.BytesValue", "AQID"],
]);

/** An example of such a message; undefined for all others. */
export function wellKnownExample(
  typeName: string,
): string | number | boolean | JsonObject | undefined {
  return EXAMPLES.get(typeName);
}
