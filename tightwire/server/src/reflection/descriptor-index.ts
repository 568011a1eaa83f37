import { readFile } from "node:fs/promises";
import { fromBinary } from "@bufbuild/protobuf";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import {
  type DescriptorProto,
  type EnumDescriptorProto,
  type FieldDescriptorProto,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";
import { StartError } from "@tightwire/core";

/** A file of a descriptor image. Its bytes are those of the image, without the comments. */
export interface DescribedFile {
  readonly bytes: Uint8Array;
  readonly dependencies: readonly string[];
}

/** Looks up files of descriptor images. */
export interface DescriptorIndex {
  file(name: string): DescribedFile | undefined;
  /**
   * The name of the file that defines a fully-qualified symbol: a message, enum, enum value, field,
   * oneof, extension, service or method.
   */
  fileOfSymbol(symbol: string): string | undefined;
  /** The name of the file that defines an extension of a message. */
  fileOfExtension(message: string, number: number): string | undefined;
  /**
   * The numbers of all extensions of a message, ascending; undefined when there is no such message.
   */
  extensionNumbers(message: string): number[] | undefined;
}

/**
 * Reads images, as `buf build` writes them, and indexes what they define. Rejects with a StartError
 * that names an image that cannot be read.
 */
export async function readDescriptorIndex(images: readonly URL[]): Promise<DescriptorIndex> {
  const files = new Map<string, DescribedFile>();
  const symbols = new Map<string, string>();
  const extensions = new Map<string, Map<number, string>>();
  for (const image of new Set(images.map(String))) {
    for (const bytes of filesOf(await readImage(new URL(image)))) {
      const file = fromBinary(FileDescriptorProtoSchema, bytes);
      if (files.has(file.name)) continue;
      files.set(file.name, { bytes: withoutSourceInfo(bytes), dependencies: file.dependency });
      indexFile(file, symbols, extensions);
    }
  }
  return {
    file: (name) => files.get(name),
    fileOfSymbol: (symbol) => symbols.get(symbol),
    fileOfExtension: (message, number) => extensions.get(message)?.get(number),
    extensionNumbers: (message) =>
      symbols.has(message)
        ? [...(extensions.get(message)?.keys() ?? [])].sort((a, b) => a - b)
        : undefined,
  };
}

async function readImage(image: URL): Promise<Uint8Array> {
  try {
    return await readFile(image);
  } catch (cause) {
    throw new StartError(
      "TW_UNREADABLE_FILE",
      `cannot read the descriptor image ${image.pathname}`,
      { cause },
    );
  }
}

/**
 * The raw files of a FileDescriptorSet, its repeated field 1. To decode and encode them again would
 * lose custom options.
 */
function* filesOf(image: Uint8Array): Generator<Uint8Array> {
  const reader = new BinaryReader(image);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 1 && wireType === WireType.LengthDelimited) yield reader.bytes();
    else reader.skip(wireType, field);
  }
}

/**
 * `FileDescriptorProto.source_code_info`: comments and positions. They are most of the bytes of an
 * image, and reflection does not send them.
 */
const SOURCE_INFO = 9;

function withoutSourceInfo(file: Uint8Array): Uint8Array {
  const reader = new BinaryReader(file);
  const kept: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [field, wireType] = reader.tag();
    reader.skip(wireType, field);
    if (field !== SOURCE_INFO) kept.push(file.subarray(start, reader.pos));
  }
  return Buffer.concat(kept);
}

function indexFile(
  file: FileDescriptorProto,
  symbols: Map<string, string>,
  extensions: Map<string, Map<number, string>>,
): void {
  const define = (symbol: string): void => void symbols.set(symbol, file.name);
  const scope = file.package === "" ? "" : `${file.package}.`;

  function extension(field: FieldDescriptorProto, within: string): void {
    define(within + field.name);
    const message = field.extendee.replace(/^\./, "");
    const numbers = extensions.get(message) ?? new Map<number, string>();
    extensions.set(message, numbers.set(field.number, file.name));
  }

  function enumeration(type: EnumDescriptorProto, within: string): void {
    define(within + type.name);
    // The scope of an enum value is that of its enum, as in C++.
    for (const value of type.value) define(within + value.name);
  }

  function message(type: DescriptorProto, within: string): void {
    const inside = `${within + type.name}.`;
    define(within + type.name);
    for (const field of [...type.field, ...type.oneofDecl]) define(inside + field.name);
    for (const field of type.extension) extension(field, inside);
    for (const nested of type.nestedType) message(nested, inside);
    for (const nested of type.enumType) enumeration(nested, inside);
  }

  for (const type of file.messageType) message(type, scope);
  for (const type of file.enumType) enumeration(type, scope);
  for (const field of file.extension) extension(field, scope);
  for (const service of file.service) {
    define(scope + service.name);
    for (const method of service.method) define(`${scope + service.name}.${method.name}`);
  }
}
