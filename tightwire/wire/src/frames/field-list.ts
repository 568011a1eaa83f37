import type { FieldSink } from "../hpack/decoder.js";
import { fieldBytes } from "../hpack/dynamic-table.js";

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

/** What a field costs in memory beside what HTTP/2 counts. */
const OBJECT_BYTES = 24;

/** How large a header list may be. */
export interface HeaderLimits {
  /** As HTTP/2 counts it: name, value and 32 bytes a field. */
  readonly maxHeaderListBytes: number;
  readonly maxHeaderFields: number;
}

/** Takes the fields that mean something to a protocol. */
export interface FieldReader {
  /** Takes a pseudo-field; false when it is unknown here, or came before. */
  pseudoField(name: string, value: string): boolean;
  /** Takes a field of the protocol; false when the field is the application's. */
  protocolField(name: string, value: string): boolean;
}

/**
 * Holds the fields of one header block to the rules of HTTP/2, and gives them to a
 * {@link FieldReader}; what it does not take is the application's. One for a connection, cleared
 * for each block. A block that breaks a rule or is too large is read to its end and has a `fault`.
 * Source: RFC 9113, section 8.2.
 */
export class FieldList implements FieldSink {
  /** Why the list is malformed; undefined when it is not. */
  fault: string | undefined = undefined;
  /** The limit that the list went beyond; its fields are then incomplete. */
  limit: keyof HeaderLimits | undefined = undefined;
  /** Bytes of DATA that `content-length` promises; undefined without one. */
  contentLength: number | undefined = undefined;
  /** The application's fields as they came: key, value, key, value …; undefined without any. */
  application: string[] | undefined = undefined;
  #bytes = 0;
  #fields = 0;
  #regular = false;
  readonly #limits: HeaderLimits;
  readonly #reader: FieldReader;

  constructor(limits: HeaderLimits, reader: FieldReader) {
    this.#limits = limits;
    this.#reader = reader;
  }

  /** Forgets the last block. */
  clear(): void {
    this.fault = undefined;
    this.limit = undefined;
    this.contentLength = undefined;
    this.application = undefined;
    this.#bytes = 0;
    this.#fields = 0;
    this.#regular = false;
  }

  /** Whether the list is larger than allowed. */
  get tooLarge(): boolean {
    return this.limit !== undefined;
  }

  /** How much memory the fields take. */
  get heldBytes(): number {
    return this.#bytes + this.#fields * OBJECT_BYTES;
  }

  field(name: string, value: string, good: boolean): void {
    this.#bytes += fieldBytes(name, value);
    if (this.#bytes > this.#limits.maxHeaderListBytes) this.limit ??= "maxHeaderListBytes";
    else if (++this.#fields > this.#limits.maxHeaderFields) this.limit ??= "maxHeaderFields";
    if (this.limit !== undefined || this.fault !== undefined) return;
    if (!good) this.fault = `the value of ${printable(name)} has a byte that is not allowed`;
    else if (name.charCodeAt(0) === COLON) this.#pseudoField(name, value);
    else this.#regularField(name, value);
  }

  #pseudoField(name: string, value: string): void {
    if (this.#regular) this.fault = `${printable(name)} after other fields`;
    else if (!this.#reader.pseudoField(name, value))
      this.fault ??= `${printable(name)} is not allowed here, or came twice`;
  }

  #regularField(name: string, value: string): void {
    this.#regular = true;
    if (this.#reader.protocolField(name, value)) return;
    if (!NAME.test(name)) this.fault = `invalid field name ${printable(name)}`;
    else if (CONNECTION_FIELDS.has(name)) this.fault = `the field ${name} belongs to HTTP/1`;
    else {
      this.application ??= [];
      this.application.push(name, value);
    }
  }

  /** Notes what is wrong with a field that the reader took. */
  refuse(fault: string): true {
    this.fault ??= fault;
    return true;
  }

  /** Takes `content-length`; a second one must be the same. */
  takeLength(value: string): true {
    if (!/^\d{1,15}$/.test(value) || (this.contentLength ?? Number(value)) !== Number(value))
      return this.refuse(`invalid content-length ${printable(value)}`);
    this.contentLength = Number(value);
    return true;
  }
}

const COLON = 58;

/** A peer's text in a message of ours. */
function printable(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
