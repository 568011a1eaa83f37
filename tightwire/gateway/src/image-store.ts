import { createRegistry, type Registry } from "@bufbuild/protobuf";
import { type ContractImage, readImage, standardTypes } from "./image.js";

/** The descriptor images of a gateway. A file that is used by several services is read once. */
export class ImageStore {
  readonly #images = new Map<string, ContractImage>();
  #types: Registry | undefined;

  /** Reads an image. Throws as {@link readImage} does. */
  read(image: URL | Uint8Array): ContractImage {
    const key = image instanceof URL ? image.href : `#${this.#images.size}`;
    const known = this.#images.get(key);
    if (known !== undefined) return known;
    const read = readImage(image);
    this.#images.set(key, read);
    this.#types = undefined;
    return read;
  }

  /** The types of all images, and the {@link standardTypes}. */
  types(): Registry {
    this.#types ??= createRegistry(
      standardTypes(),
      ...[...this.#images.values()].map(({ registry }) => registry),
    );
    return this.#types;
  }
}
