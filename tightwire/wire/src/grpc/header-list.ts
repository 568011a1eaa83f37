import { Metadata } from "@tightwire/core";
import { isBinaryKey } from "@tightwire/core/runtime";
import type { FieldSink } from "../hpack/decoder.js";
import { fieldBytes } from "../hpack/dynamic-table.js";

/**
 * Octets that no field value may hold. Source: RFC 9113, section 8.2.1, and RFC 9110, section 5.5.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
const BAD_OCTET = /[\0-\x08\x0a-\x1f\x7f]/;
/** Longest value that is looked through faster by hand. */
const SHORT_VALUE = 32;
/** A field name: a token in lower case. Source: RFC 9110, section 5.6.2. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
/** Fields of a connection, which HTTP/2 does not have. Source: RFC 9113, section 8.2.2. */
const CONNECTION_FIELDS: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

/** How large a header list may be. */
export interface HeaderLimits {
  /** As HTTP/2 counts it: name, value and 32 octets a field. */
  readonly maxHeaderListBytes: number;
  readonly maxHeaderFields: number;
}

/**
 * The fields of one header block, held to the rules of HTTP/2 and told apart: pseudo-fields, fields
 * of the protocol, and metadata. One for a connection, cleared for each block. A block that breaks
 * a rule or is too large is heard to its end and has a `fault`.
 */
export abstract class HeaderList implements FieldSink {
  /** Why the list is malformed; undefined when it is not. */
  fault: string | undefined = undefined;
  /** Whether the list was larger than it may be; its fields are then not complete. */
  tooLarge = false;
  /** Octets of DATA that the list promises; undefined when it says nothing. */
  contentLength: number | undefined = undefined;
  /** Key, value, key, value …: as they came. */
  #metadata: string[] | undefined = undefined;
  #bytes = 0;
  #fields = 0;
  #regular = false;
  readonly #limits: HeaderLimits;

  constructor(limits: HeaderLimits) {
    this.#limits = limits;
  }

  /** Forgets the last block. */
  clear(): void {
    this.fault = undefined;
    this.tooLarge = false;
    this.contentLength = undefined;
    this.#metadata = undefined;
    this.#bytes = 0;
    this.#fields = 0;
    this.#regular = false;
  }

  field(name: string, value: string): void {
    this.#bytes += fieldBytes(name, value);
    if (
      this.#bytes > this.#limits.maxHeaderListBytes ||
      ++this.#fields > this.#limits.maxHeaderFields
    )
      this.tooLarge = true;
    if (this.tooLarge || this.fault !== undefined) return;
    if (isBad(value))
      return this.#refuse(`the value of ${printable(name)} holds what no field may`);
    if (name.charCodeAt(0) === COLON) {
      if (this.#regular) return this.#refuse(`${printable(name)} after other fields`);
      if (!this.pseudoField(name, value))
        this.#refuse(`${printable(name)}, which has no place here or came twice`);
      return;
    }
    this.#regular = true;
    if (this.protocolField(name, value)) return;
    if (!NAME.test(name)) return this.#refuse(`the field name ${printable(name)}`);
    if (CONNECTION_FIELDS.has(name))
      return this.#refuse(`the field ${name}, which belongs to HTTP/1`);
    this.#metadata ??= [];
    this.#metadata.push(name, value);
  }

  /**
   * What of the block is metadata: key, value, key, value …, for {@link metadataOf}; undefined when
   * there is none.
   */
  get metadataFields(): readonly string[] | undefined {
    return this.#metadata;
  }

  /** Takes a pseudo-field; false when it is unknown here, or was there before. */
  protected abstract pseudoField(name: string, value: string): boolean;
  /** Takes a field that belongs to the protocol; false when it is metadata. */
  protected abstract protocolField(name: string, value: string): boolean;

  #refuse(fault: string): void {
    this.fault = fault;
  }

  /** A field whose value is wrong in itself. */
  protected refuse(fault: string): true {
    this.fault ??= fault;
    return true;
  }

  /** Takes `content-length`, which may come again only as the same. */
  protected length(value: string): true {
    if (!/^\d{1,15}$/.test(value) || (this.contentLength ?? Number(value)) !== Number(value)) {
      return this.refuse(`a content-length of ${JSON.stringify(value.slice(0, 100))}`);
    }
    this.contentLength = Number(value);
    return true;
  }
}

const COLON = 58;

const TAB = 9;
const SPACE = 32;
const DEL = 127;

/** Whether a value holds an octet that it may not, or begins or ends with white space. */
function isBad(value: string): boolean {
  const { length } = value;
  if (length === 0) return false;
  if (isWhite(value.charCodeAt(0)) || isWhite(value.charCodeAt(length - 1))) return true;
  if (length > SHORT_VALUE) return BAD_OCTET.test(value);
  for (let at = 0; at < length; at++) {
    const unit = value.charCodeAt(at);
    if ((unit < SPACE && unit !== TAB) || unit === DEL) return true;
  }
  return false;
}

function isWhite(unit: number): boolean {
  return unit === SPACE || unit === TAB;
}

/** Metadata out of fields, as they came. */
export function metadataOf(fields: readonly string[] | undefined): Metadata {
  const metadata = new Metadata();
  if (fields === undefined) return metadata;
  for (let at = 0; at < fields.length; at += 2)
    appendField(metadata, fields[at] as string, fields[at + 1] as string);
  return metadata;
}

/**
 * Adds what a field carries. Bytes are base64, padded or not; several in one field are split at
 * commas before they are decoded.
 */
function appendField(metadata: Metadata, name: string, value: string): void {
  if (!isBinaryKey(name)) return metadata.appendReceived(name, value);
  for (const part of value.split(","))
    metadata.appendReceived(name, new Uint8Array(Buffer.from(part, "base64")));
}

/** A peer's text in an error of ours. */
function printable(name: string): string {
  return JSON.stringify(name.slice(0, 100));
}
