import {
  createFileRegistry,
  type DescMessage,
  fromBinary,
  type JsonObject,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { beforeAll, expect, test } from "vitest";
import { compileImage } from "../contract.test-support.js";
import { exampleOf } from "./example.js";
import { createSchemas, type Schemas } from "./schema.js";

const CONTRACT = `syntax = "proto3";
package try.v1;
import "buf/validate/validate.proto";
import "google/protobuf/timestamp.proto";
enum Size { SIZE_UNSPECIFIED = 0; SIZE_SMALL = 1; SIZE_LARGE = 2; }
message Ruled {
  // A name.
  string name = 1 [(buf.validate.field).string = {min_len: 1, max_len: 9, pattern: "^[a-z]+$"}];
  string code = 2 [(buf.validate.field).string = {len: 3, prefix: "x"}];
  string email = 3 [(buf.validate.field).string.email = true];
  string maybe_url = 4 [
    (buf.validate.field).string.uri = true,
    (buf.validate.field).ignore = IGNORE_IF_ZERO_VALUE
  ];
  int32 count = 5 [(buf.validate.field).int32 = {gt: 4, lte: 9}];
  int64 big = 6 [(buf.validate.field).int64 = {gte: 5}];
  double outside = 7 [(buf.validate.field).double = {lt: 1, gt: 2}];
  Size size = 8 [(buf.validate.field).enum = {in: [2], defined_only: true}];
  repeated string tags = 9 [
    (buf.validate.field).repeated = {
      min_items: 1, max_items: 3
      unique: true
      items: {string: {max_len: 5}}
    }
  ];
  map<string, int32> counts = 10 [
    (buf.validate.field).map = {
      max_pairs: 2
      keys: {string: {min_len: 2}}
      values: {int32: {gte: 7}}
    }
  ];
  google.protobuf.Timestamp past = 11 [
    (buf.validate.field).required = true,
    (buf.validate.field).timestamp.lt_now = true
  ];
  string free = 12 [
    (buf.validate.field).string.max_len = 5,
    (buf.validate.field).ignore = IGNORE_ALWAYS
  ];
  string kind = 13 [(buf.validate.field).string = {in: ["a", "b"], not_in: ["c"]}];
  oneof way { option (buf.validate.oneof).required = true; string road = 14; string rail = 15; }
}
`;

let message: DescMessage;
let schemas: Schemas;

beforeAll(() => {
  const image = compileImage({ files: { "try/v1/try.proto": CONTRACT } });
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, image));
  message = registry.getMessage("try.v1.Ruled") as DescMessage;
  schemas = createSchemas(registry);
});

test("rules become keywords of JSON Schema, and sentences where there is none", () => {
  schemas.message(message);
  const { "try.v1.Ruled": ruled } = schemas.components() as Record<string, JsonObject>;
  expect(ruled).toMatchObject({
    description: "Exactly one of `road`, `rail`.",
    required: ["past"],
    properties: {
      name: {
        type: "string",
        description: "A name.",
        minLength: 1,
        maxLength: 9,
        pattern: "^[a-z]+$",
      },
      code: { minLength: 3, maxLength: 3, description: 'It must start with "x".' },
      email: { format: "email" },
      maybeUrl: { description: "Unless empty, it must be a URI." },
      count: { exclusiveMinimum: 4, maximum: 9 },
      big: { type: "string", description: "It must be at least 5." },
      outside: { description: "It must be more than 2 or less than 1." },
      size: { enum: ["SIZE_LARGE"] },
      tags: {
        minItems: 1,
        maxItems: 3,
        uniqueItems: true,
        items: { type: "string", maxLength: 5 },
      },
      counts: {
        maxProperties: 2,
        propertyNames: { minLength: 2 },
        additionalProperties: { minimum: 7 },
      },
      past: { description: "It must be before now." },
      kind: { enum: ["a", "b"], not: { enum: ["c"] } },
    },
  });
  const { properties } = ruled as { properties: Record<string, object> };
  expect(properties["maybeUrl"]).not.toHaveProperty("format");
  expect(properties["free"]).toEqual({ type: "string" });
});

test("examples keep formats, ranges and lists", () => {
  expect(exampleOf(message, schemas.rules)).toMatchObject({
    email: "ann@example.com",
    maybeUrl: "https://example.com/",
    count: 5,
    size: "SIZE_LARGE",
    counts: { key: 7 },
    kind: "a",
  });
});
