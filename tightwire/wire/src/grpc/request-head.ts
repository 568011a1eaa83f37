import { parseTimeout } from "@tightwire/core/runtime";
import { FieldList, type FieldReader, type HeaderLimits } from "../frames/field-list.js";

/**
 * The head of a request, or its trailers. One for a connection, cleared for each. Source: RFC 9113,
 * section 8.3.1; the gRPC over HTTP/2 protocol document, "Requests".
 */
export class RequestHead implements FieldReader {
  readonly fields: FieldList;
  method: string | undefined = undefined;
  path: string | undefined = undefined;
  scheme: string | undefined = undefined;
  authority: string | undefined = undefined;
  contentType: string | undefined = undefined;
  /** What the messages are compressed with; undefined when the head does not say. */
  encoding: string | undefined = undefined;
  /** What the caller accepts responses compressed with. */
  acceptEncoding: string | undefined = undefined;
  /** Milliseconds; `Infinity` without `grpc-timeout`, undefined when it is malformed. */
  timeoutMs: number | undefined = Number.POSITIVE_INFINITY;
  /** The value of `grpc-timeout`. */
  timeout = "";
  #host: string | undefined = undefined;

  constructor(limits: HeaderLimits) {
    this.fields = new FieldList(limits, this);
  }

  /** Forgets the last block. */
  clear(): void {
    this.fields.clear();
    this.method = undefined;
    this.path = undefined;
    this.scheme = undefined;
    this.authority = undefined;
    this.contentType = undefined;
    this.encoding = undefined;
    this.acceptEncoding = undefined;
    this.timeoutMs = Number.POSITIVE_INFINITY;
    this.timeout = "";
    this.#host = undefined;
  }

  /** Why these fields are not the head of a request; undefined when they are. */
  get headFault(): string | undefined {
    if (this.fields.fault !== undefined) return this.fields.fault;
    if (this.method === undefined) return "no :method";
    if (this.method === "CONNECT") return "CONNECT is not supported";
    if (this.scheme === undefined) return "no :scheme";
    if (this.path === undefined || this.path === "") return "no :path";
    if (this.#host !== undefined && this.authority !== undefined && this.#host !== this.authority)
      return "host differs from :authority";
    return undefined;
  }

  /** Whether there is a pseudo-field, which trailers may not have. */
  get hasPseudoFields(): boolean {
    return (this.method ?? this.path ?? this.scheme ?? this.authority) !== undefined;
  }

  pseudoField(name: string, value: string): boolean {
    switch (name) {
      case ":method":
        if (this.method !== undefined) return false;
        this.method = value;
        return true;
      case ":path":
        if (this.path !== undefined) return false;
        this.path = value;
        return true;
      case ":scheme":
        if (this.scheme !== undefined) return false;
        this.scheme = value;
        return true;
      case ":authority":
        if (this.authority !== undefined) return false;
        this.authority = value;
        return true;
      default:
        return false;
    }
  }

  protocolField(name: string, value: string): boolean {
    switch (name) {
      case "content-type":
        this.contentType = value;
        return true;
      case "te":
        return value === "trailers" || this.fields.refuse(`te must be "trailers"`);
      case "grpc-timeout":
        this.timeout = value;
        this.timeoutMs = parseTimeout(value);
        return true;
      case "grpc-encoding":
        this.encoding = value;
        return true;
      case "grpc-accept-encoding":
        this.acceptEncoding = value;
        return true;
      case "content-length":
        return this.fields.takeLength(value);
      case "host":
        if ((this.#host ?? value) !== value) return this.fields.refuse("two hosts");
        this.#host = value;
        return true;
      case "accept-encoding":
        return true;
      default:
        return false;
    }
  }
}
