import { readFileSync } from "node:fs";
import {
  createFileRegistry,
  createRegistry,
  type DescService,
  type FileRegistry,
  fromBinary,
  type Registry,
} from "@bufbuild/protobuf";
import { type FileDescriptorSet, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { StartError } from "@tightwire/core";

/** The contracts in a descriptor image. */
export interface ContractImage {
  readonly registry: FileRegistry;
  /** All types that an `Any` may hold: those of the image, and the {@link standardTypes}. */
  readonly types: Registry;
  /** All services of the image, including imported ones, in the order of its files. */
  readonly services: readonly DescService[];
}

/**
 * Reads a descriptor image (a `FileDescriptorSet`, as `buf build --as-file-descriptor-set` writes
 * it). Throws a StartError when it cannot be read or decoded.
 */
export function readImage(image: URL | Uint8Array): ContractImage {
  const registry = createFileRegistry(readSet(image));
  return {
    registry,
    types: createRegistry(standardTypes(), registry),
    services: [...registry.files].flatMap((file) => file.services),
  };
}

function readSet(image: URL | Uint8Array): FileDescriptorSet {
  const name =
    image instanceof URL ? `the descriptor image ${image.pathname}` : "the descriptor image";
  let bytes: Uint8Array;
  try {
    bytes = image instanceof URL ? readFileSync(image) : image;
  } catch (cause) {
    throw new StartError("TW_UNREADABLE_FILE", `${name} cannot be read`, { cause });
  }
  try {
    return fromBinary(FileDescriptorSetSchema, bytes);
  } catch (cause) {
    throw new StartError("TW_INVALID_FILE", `${name} is not a FileDescriptorSet`, { cause });
  }
}

let standard: Registry | undefined;

/** The standard error details (`google.rpc.*`), which services may send without importing them. */
export function standardTypes(): Registry {
  standard ??= createFileRegistry(readSet(new URL("../descriptors.binpb", import.meta.url)));
  return standard;
}
