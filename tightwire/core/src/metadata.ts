import { MisuseError } from "./misuse-error.js";

/** A metadata value: text (printable ASCII), or bytes under a key that ends in `-bin`. */
export type MetadataValue = string | Uint8Array;

/**
 * What metadata can be made from: other metadata, an object (an array repeats the key), or pairs in
 * order.
 */
export type MetadataInit =
  | Metadata
  | Readonly<Record<string, MetadataValue | readonly MetadataValue[]>>
  | Iterable<readonly [string, MetadataValue]>;

const KEY = /^[0-9a-z_.-]+$/;
const TEXT = /^[\x20-\x7e]*$/;
/** Keys that belong to the protocol, beside everything that begins with `grpc-` or `:`. */
const PROTOCOL_KEYS: ReadonlySet<string> = new Set([
  "te",
  "content-type",
  "content-length",
  "user-agent",
  "host",
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

/**
 * Metadata of a call: keys (lower case; looked up in any case) with one or more values each, in the
 * order given. Values under keys that end in `-bin` are bytes, all others printable ASCII. Keys
 * that belong to the protocol (`grpc-…`, `:…`, `te`, `content-type` …) cannot be set. Source: the
 * gRPC over HTTP/2 protocol document, "Custom-Metadata".
 *
 * A class, since a call makes one or two and a flat list behind methods is the cheapest form of it.
 */
export class Metadata {
  /**
   * Key, value, key, value …: one flat list, so that a call without metadata allocates nothing
   * else.
   */
  readonly #entries: MetadataValue[] = [];

  /**
   * Copies `init`. Throws a {@link MisuseError} that names the key when a key or value is not
   * allowed.
   */
  constructor(init?: MetadataInit) {
    if (init === undefined) return;
    if (init instanceof Metadata) {
      for (const entry of init.#entries) this.#entries.push(entry);
    } else if (typeof init !== "object" || init === null) {
      throw new MisuseError(
        "TW_INVALID_METADATA",
        `metadata must be a Metadata, an object or pairs (got ${init === null ? "null" : typeof init})`,
      );
    } else if (Symbol.iterator in init) {
      for (const [key, value] of init as Iterable<readonly [string, MetadataValue]>)
        this.append(key, value);
    } else {
      for (const [key, value] of Object.entries(
        init as Readonly<Record<string, MetadataValue | readonly MetadataValue[]>>,
      )) {
        if (Array.isArray(value))
          for (const one of value as readonly MetadataValue[]) this.append(key, one);
        else this.append(key, value as MetadataValue);
      }
    }
  }

  /** How many values there are, repeated keys counted each time. */
  get size(): number {
    return this.#entries.length / 2;
  }

  /**
   * The first value under a text key. Throws a {@link MisuseError} for a `-bin` key: see
   * {@link getBinary}.
   */
  get(key: string): string | undefined {
    if (isBinaryKey(key))
      throw new MisuseError(
        "TW_INVALID_METADATA",
        `metadata "${key}" holds bytes: read it with getBinary()`,
      );
    return this.#first(key.toLowerCase()) as string | undefined;
  }

  /** The first value under a `-bin` key. Throws a {@link MisuseError} for a text key. */
  getBinary(key: string): Uint8Array | undefined {
    if (!isBinaryKey(key))
      throw new MisuseError(
        "TW_INVALID_METADATA",
        `metadata "${key}" holds text: a key for bytes ends in -bin`,
      );
    return this.#first(key.toLowerCase()) as Uint8Array | undefined;
  }

  /** All values under a key, in order; empty when there are none. */
  getAll(key: string): MetadataValue[] {
    const wanted = key.toLowerCase();
    const found: MetadataValue[] = [];
    for (let i = 0; i < this.#entries.length; i += 2) {
      if (this.#entries[i] === wanted) found.push(this.#entries[i + 1] as MetadataValue);
    }
    return found;
  }

  has(key: string): boolean {
    return this.#first(key.toLowerCase()) !== undefined;
  }

  /**
   * Adds a value, keeping those that are there. Throws a {@link MisuseError} that names the key
   * when key or value is not allowed, or when it would be a second `authorization`, which HTTP does
   * not allow: {@link set} replaces one.
   */
  append(key: string, value: MetadataValue): this {
    const name = checkKey(key);
    checkValue(key, value);
    if (name === "authorization" && this.has(name))
      throw new MisuseError(
        "TW_INVALID_METADATA",
        'metadata "authorization" holds one value; set() replaces it',
      );
    this.#entries.push(name, value);
    return this;
  }

  /** Replaces all values of a key by one. Throws as {@link append} does. */
  set(key: string, value: MetadataValue): this {
    const name = checkKey(key);
    checkValue(key, value);
    this.delete(name);
    this.#entries.push(name, value);
    return this;
  }

  delete(key: string): void {
    const gone = key.toLowerCase();
    for (let i = this.#entries.length - 2; i >= 0; i -= 2) {
      if (this.#entries[i] === gone) this.#entries.splice(i, 2);
    }
  }

  /** Key and value, in the order they were added. */
  *[Symbol.iterator](): IterableIterator<[string, MetadataValue]> {
    for (let i = 0; i < this.#entries.length; i += 2) {
      yield [this.#entries[i] as string, this.#entries[i + 1] as MetadataValue];
    }
  }

  /**
   * Adds what a peer sent, unchecked: for transports, which read keys that users may not write
   * (`user-agent`, `grpc-status-details-bin`). The key is in lower case already.
   */
  appendReceived(key: string, value: MetadataValue): void {
    this.#entries.push(key, value);
  }

  #first(key: string): MetadataValue | undefined {
    for (let i = 0; i < this.#entries.length; i += 2) {
      if (this.#entries[i] === key) return this.#entries[i + 1];
    }
    return undefined;
  }
}

/** Whether values under this key are bytes: it ends in `-bin`, in any case. */
export function isBinaryKey(key: string): boolean {
  return key.endsWith("-bin") || key.toLowerCase().endsWith("-bin");
}

function checkKey(key: string): string {
  if (typeof key !== "string")
    throw new MisuseError("TW_INVALID_METADATA", `a metadata key is a string (got ${typeof key})`);
  const name = key.toLowerCase();
  if (!KEY.test(name))
    throw new MisuseError(
      "TW_INVALID_METADATA",
      `metadata key ${JSON.stringify(key)} is not allowed: letters, digits, "_", "." and "-" only`,
    );
  if (name.startsWith("grpc-") || PROTOCOL_KEYS.has(name)) {
    throw new MisuseError(
      "TW_INVALID_METADATA",
      `metadata key "${name}" belongs to the protocol and cannot be set`,
    );
  }
  return name;
}

function checkValue(key: string, value: MetadataValue): void {
  if (isBinaryKey(key)) {
    if (!(value instanceof Uint8Array))
      throw new MisuseError(
        "TW_INVALID_METADATA",
        `metadata "${key}" takes a Uint8Array, as its key ends in -bin`,
      );
  } else if (typeof value !== "string") {
    throw new MisuseError(
      "TW_INVALID_METADATA",
      `metadata "${key}" takes a string; a key for bytes ends in -bin`,
    );
  } else if (!TEXT.test(value)) {
    throw new MisuseError(
      "TW_INVALID_METADATA",
      `the value of metadata "${key}" is not printable ASCII; send other text under a key that ends in -bin`,
    );
  }
}
