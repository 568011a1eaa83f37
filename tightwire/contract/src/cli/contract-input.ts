import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  createFileRegistry,
  type DescFile,
  type FileRegistry,
  fromBinary,
} from "@bufbuild/protobuf";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { type FileDescriptorSet, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

/** A contract that was read. */
export interface ContractInput {
  readonly registry: FileRegistry;
  /** The files of the input itself, without what they import. */
  readonly files: readonly DescFile[];
}

/** buf's own field of a file in an image, which says whether it is only imported. */
const BUF_EXTENSION = 8042;
const IS_IMPORT = 1;
const MAX_IMAGE_BYTES = 1 << 28;

/**
 * Reads a contract: an image, or whatever buf can build. Throws an Error that says what to do when
 * it cannot.
 */
export function readContract(input: string): ContractInput {
  if (!existsSync(input)) throw new Error(`there is no ${input}`);
  const set = statSync(input).isFile() ? readImage(input) : decodeImage(buildImage(input));
  const registry = createFileRegistry(set);
  const imported = new Set(
    set.file
      .filter(({ $unknown = [] }) =>
        $unknown.some(({ no, data }) => no === BUF_EXTENSION && isImport(data)),
      )
      .map(({ name }) => name),
  );
  const files = [...registry.files].filter(({ proto }) => !imported.has(proto.name));
  if (files.length === 0) throw new Error(`${input} has no contracts`);
  return { registry, files };
}

function readImage(path: string): FileDescriptorSet {
  try {
    return decodeImage(readFileSync(path));
  } catch (error) {
    throw new Error(`${path} is not a descriptor image; \`buf build -o\` writes one`, {
      cause: error,
    });
  }
}

function decodeImage(bytes: Uint8Array): FileDescriptorSet {
  return fromBinary(FileDescriptorSetSchema, bytes);
}

function buildImage(folder: string): Uint8Array {
  const local = join("node_modules", ".bin", "buf");
  const args = ["build", folder, "-o", "-#format=binpb"];
  try {
    return execFileSync(existsSync(local) ? local : "buf", args, {
      maxBuffer: MAX_IMAGE_BYTES,
      stdio: ["ignore", "pipe", "inherit"],
    });
  } catch (error) {
    const { code } = error as { code?: string };
    throw new Error(
      code === "ENOENT"
        ? "buf is not installed; run `npm install --save-dev @bufbuild/buf`, or give an image"
        : `buf cannot build ${folder}`,
      { cause: error },
    );
  }
}

/** Whether the bytes of the field, a message with its length, say that the file is an import. */
function isImport(data: Uint8Array): boolean {
  const reader = new BinaryReader(data);
  const end = reader.uint32() + reader.pos;
  while (reader.pos < end) {
    const [field, type] = reader.tag();
    if (field === IS_IMPORT) return reader.bool();
    reader.skip(type, field);
  }
  return false;
}
