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
import { nameOfMethod } from "./method-name.js";

/** What a fault can be of. */
export type FaultyDesc =
  | DescMethod
  | DescService
  | DescEnum
  | DescEnumValue
  | DescMessage
  | DescField
  | DescOneof;

/** An error in a contract, and its place. */
export interface Fault {
  /** The file as buf names it: `shop/catalog/v1/catalog.proto`. */
  readonly file: string;
  /** Starts at 1; absent when the descriptors have no source info. */
  readonly line?: number;
  /** Starts at 1; absent when the descriptors have no source info. */
  readonly column?: number;
  /** The full name of the method, service, message, field, oneof, enum or value. */
  readonly subject: string;
  /** What is wrong; continues a sentence that starts with the subject. */
  readonly text: string;
}

/** `file:line:column: subject: text`, the form that editors turn into a link. */
export function formatFault(fault: Fault): string {
  const place =
    fault.line === undefined ? fault.file : `${fault.file}:${fault.line}:${fault.column}`;
  return `${place}: ${fault.subject}: ${fault.text}`;
}

/**
 * Makes a fault of a part of a contract. `within` leads from it to the option at fault, as
 * `SourceCodeInfo.Location.path` counts. The fault gets the nearest place on this path that the
 * source info knows.
 */
export function createFault(desc: FaultyDesc, within: readonly number[], text: string): Fault {
  const source = fileOf(desc);
  const subject = nameOf(desc);
  const file = `${source.name}.proto`;
  const span = findSpan(source, [...sourcePath(desc), ...within]);
  if (span === undefined) return { file, subject, text };
  return { file, line: (span[0] ?? 0) + 1, column: (span[1] ?? 0) + 1, subject, text };
}

function fileOf(desc: FaultyDesc): DescFile {
  switch (desc.kind) {
    case "rpc":
    case "enum_value":
    case "field":
    case "oneof":
      return desc.parent.file;
    default:
      return desc.file;
  }
}

function nameOf(desc: FaultyDesc): string {
  switch (desc.kind) {
    case "rpc":
      return nameOfMethod(desc);
    case "enum_value":
    case "field":
    case "oneof":
      return `${desc.parent.typeName}.${desc.name}`;
    default:
      return desc.typeName;
  }
}

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

/** Where it stands in its file. */
function sourcePath(desc: FaultyDesc): number[] {
  switch (desc.kind) {
    case "service":
      return [FILE_SERVICE, desc.file.services.indexOf(desc)];
    case "rpc":
      return [...sourcePath(desc.parent), SERVICE_METHOD, desc.parent.methods.indexOf(desc)];
    case "message":
      return desc.parent === undefined
        ? [FILE_MESSAGE, desc.file.messages.indexOf(desc)]
        : [...sourcePath(desc.parent), MESSAGE_NESTED, nestedIndex(desc.parent, desc)];
    case "field":
      return [...sourcePath(desc.parent), MESSAGE_FIELD, desc.parent.fields.indexOf(desc)];
    case "oneof":
      return [...sourcePath(desc.parent), MESSAGE_ONEOF, desc.parent.oneofs.indexOf(desc)];
    case "enum":
      return desc.parent === undefined
        ? [FILE_ENUM, desc.file.enums.indexOf(desc)]
        : [...sourcePath(desc.parent), MESSAGE_ENUM, desc.parent.nestedEnums.indexOf(desc)];
    case "enum_value":
      return [...sourcePath(desc.parent), ENUM_VALUE, desc.parent.values.indexOf(desc)];
  }
}

/** Counts the entries of maps, too, which a descriptor does not list as nested messages. */
function nestedIndex({ proto }: DescMessage, nested: DescMessage): number {
  return proto.nestedType.findIndex(({ name }) => name === nested.name);
}

/**
 * The place of the option itself, else of the first field inside it (of a message literal buf
 * records only the leaves), else of the nearest element around it.
 */
function findSpan(file: DescFile, path: readonly number[]): readonly number[] | undefined {
  const locations = (file.proto.sourceCodeInfo?.location ?? []).map(({ path: at, span }) => ({
    at: `${at.join(".")}.`,
    span,
  }));
  const wanted = `${path.join(".")}.`;
  const inside = locations.find(({ at }) => at.startsWith(wanted));
  if (inside !== undefined) return inside.span;
  for (let length = path.length - 1; length > 0; length--) {
    const around = `${path.slice(0, length).join(".")}.`;
    const found = locations.find(({ at }) => at === around);
    if (found !== undefined) return found.span;
  }
  return undefined;
}
