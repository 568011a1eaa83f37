import type { DescMessage } from "@bufbuild/protobuf";
import {
  FieldDescriptorProtoSchema,
  StructSchema,
  TimestampSchema,
  ValueSchema,
} from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import { findField } from "./field-path.js";
import { hasOwnJson } from "./own-json.js";

describe("a path of fields", () => {
  test.each([
    ["name", ["name"]],
    ["json_name", ["json_name"]],
    ["jsonName", ["json_name"]],
    ["options.ctype", ["options", "ctype"]],
    ["options.features.fieldPresence", ["options", "features", "field_presence"]],
  ])("%s", (path, names) => {
    const found = findField(FieldDescriptorProtoSchema, path);
    expect(typeof found === "string" ? found : found.map(({ name }) => name)).toEqual(names);
  });

  test.each([
    [
      "nothing",
      FieldDescriptorProtoSchema,
      'google.protobuf.FieldDescriptorProto has no field "nothing"',
    ],
    ["", FieldDescriptorProtoSchema, 'google.protobuf.FieldDescriptorProto has no field ""'],
    [
      "constructor",
      FieldDescriptorProtoSchema,
      'google.protobuf.FieldDescriptorProto has no field "constructor"',
    ],
    ["name.length", FieldDescriptorProtoSchema, "name has no fields"],
    ["options.targets.x", FieldDescriptorProtoSchema, "targets has no fields"],
    [
      "options.uninterpreted_option.name",
      FieldDescriptorProtoSchema,
      "uninterpreted_option has no fields",
    ],
    ["fields.a", StructSchema, "fields has no fields"],
    ["struct_value.fields", ValueSchema, "struct_value has no fields"],
  ] as const)("%s leads nowhere", (path, message: DescMessage, why) => {
    expect(findField(message, path)).toBe(why);
  });

  test("stops at a message with a special JSON form", () => {
    expect([TimestampSchema, ValueSchema, FieldDescriptorProtoSchema].map(hasOwnJson)).toEqual([
      true,
      true,
      false,
    ]);
  });
});
