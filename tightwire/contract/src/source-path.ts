import type {
  DescEnum,
  DescEnumValue,
  DescField,
  DescFile,
  DescMessage,
  DescMethod,
  DescOneof,
  DescService,
} from "@bufbuild/protobuf";

/** What stands in a file of a contract: its comments and faults have a place. */
export type Placed =
  | DescMessage
  | DescField
  | DescOneof
  | DescEnum
  | DescEnumValue
  | DescService
  | DescMethod;

// Field numbers of descriptor.proto, in FileDescriptorProto, DescriptorProto, EnumDescriptorProto
// and ServiceDescriptorProto.
const FILE_MESSAGE = 4;
const FILE_ENUM = 5;
const FILE_SERVICE = 6;
const MESSAGE_FIELD = 2;
const MESSAGE_NESTED = 3;
const MESSAGE_ENUM = 4;
const MESSAGE_ONEOF = 8;
const ENUM_VALUE = 2;
const SERVICE_METHOD = 2;

/** The file of an element of a contract. */
export function fileOf(desc: Placed): DescFile {
  switch (desc.kind) {
    case "message":
    case "enum":
    case "service":
      return desc.file;
    case "rpc":
    case "field":
    case "oneof":
    case "enum_value":
      return desc.parent.file;
  }
}

/**
 * Where an element stands in its file, as `SourceCodeInfo.Location.path` counts. The indexes are
 * those of descriptor.proto, whose nested messages include the entries of maps.
 */
export function sourcePath(desc: Placed): number[] {
  switch (desc.kind) {
    case "message":
      return desc.parent === undefined
        ? [FILE_MESSAGE, desc.file.proto.messageType.indexOf(desc.proto)]
        : inside(desc.parent, MESSAGE_NESTED, desc.parent.proto.nestedType.indexOf(desc.proto));
    case "enum":
      return desc.parent === undefined
        ? [FILE_ENUM, desc.file.proto.enumType.indexOf(desc.proto)]
        : inside(desc.parent, MESSAGE_ENUM, desc.parent.proto.enumType.indexOf(desc.proto));
    case "service":
      return [FILE_SERVICE, desc.file.proto.service.indexOf(desc.proto)];
    case "rpc":
      return inside(desc.parent, SERVICE_METHOD, desc.parent.proto.method.indexOf(desc.proto));
    case "field":
      return inside(desc.parent, MESSAGE_FIELD, desc.parent.proto.field.indexOf(desc.proto));
    case "oneof":
      return inside(desc.parent, MESSAGE_ONEOF, desc.parent.proto.oneofDecl.indexOf(desc.proto));
    case "enum_value":
      return inside(desc.parent, ENUM_VALUE, desc.parent.proto.value.indexOf(desc.proto));
  }
}

function inside(parent: Placed, field: number, index: number): number[] {
  return [...sourcePath(parent), field, index];
}
