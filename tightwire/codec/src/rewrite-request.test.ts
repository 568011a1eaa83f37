import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type CodeGeneratorRequest,
  CodeGeneratorRequestSchema,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { rewriteRequest } from "./rewrite-request.js";

/** A file with every reference to `map`, a message at its top level. */
function fileWith(map: string): FileDescriptorProto {
  return create(FileDescriptorProtoSchema, {
    name: "shop/map.proto",
    package: "shop.v1",
    messageType: [
      {
        name: map,
        field: [{ name: "map", number: 1, typeName: `.shop.v1.${map}` }],
        nestedType: [{ name: "Map", field: [{ typeName: `.shop.v1.${map}.Map` }] }],
      },
      {
        name: "Holder",
        nestedType: [{ name: "Map" }],
        field: [{ typeName: ".shop.v1.Holder.Map" }],
      },
      { name: "Mapping", field: [{ typeName: ".other.Map" }, { typeName: ".shop.v1.Mapping" }] },
    ],
    enumType: [{ name: "Kind", value: [{ name: "Map", number: 0 }] }],
    extension: [{ name: "Map", extendee: `.shop.v1.${map}`, typeName: `.shop.v1.${map}` }],
    service: [
      {
        name: "Map",
        method: [{ name: "Map", inputType: `.shop.v1.${map}`, outputType: `.shop.v1.${map}.Map` }],
      },
    ],
  });
}

function rewrite(request: CodeGeneratorRequest): CodeGeneratorRequest {
  const bytes = rewriteRequest(toBinary(CodeGeneratorRequestSchema, request));
  return fromBinary(CodeGeneratorRequestSchema, bytes);
}

test("renames messages that hide what generated code needs, with every reference, and nothing else", () => {
  const request = (map: string): CodeGeneratorRequest =>
    create(CodeGeneratorRequestSchema, {
      fileToGenerate: ["shop/map.proto"],
      parameter: "forceLong=bigint",
      protoFile: [fileWith(map)],
      sourceFileDescriptors: [fileWith(map)],
    });
  expect(rewrite(request("Map"))).toEqual(request("MapMessage"));
});

test("renames enums, and types of files without a package", () => {
  const request = (map: string): CodeGeneratorRequest =>
    create(CodeGeneratorRequestSchema, {
      protoFile: [
        {
          name: "map.proto",
          enumType: [{ name: map }],
          messageType: [{ name: "Film", field: [{ typeName: `.${map}` }] }],
        },
      ],
    });
  expect(rewrite(request("Map"))).toEqual(request("MapMessage"));
});

test("a request without such names passes through untouched", () => {
  const request = toBinary(
    CodeGeneratorRequestSchema,
    create(CodeGeneratorRequestSchema, { protoFile: [fileWith("Film")] }),
  );
  expect(rewriteRequest(request)).toBe(request);
});
