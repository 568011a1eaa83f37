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

/** What a descriptor image holds. */
export interface Contract {
  readonly registry: FileRegistry;
  /** All types that may come in an `Any`: those of the image, and the {@link standardTypes}. */
  readonly types: Registry;
  /** All services that the image defines, imported ones too, in the order of its files. */
  readonly services: readonly DescService[];
}

/**
 * Reads a descriptor image (a `FileDescriptorSet`, as `buf build --as-file-descriptor-set` writes
 * it). Throws an Error that names the file when it cannot be read or is none.
 */
export function readContract(image: URL | Uint8Array): Contract {
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
    throw new Error(`${name} cannot be read`, { cause });
  }
  try {
    return fromBinary(FileDescriptorSetSchema, bytes);
  } catch (cause) {
    throw new Error(`${name} is no FileDescriptorSet`, { cause });
  }
}

let standard: Registry | undefined;

/** The standard details of errors (`google.rpc.*`), which a contract need not import to send. */
export function standardTypes(): Registry {
  standard ??= createFileRegistry(readSet(new URL("../descriptors.binpb", import.meta.url)));
  return standard;
}
