import { parseTimeout } from "@tightwire/core/runtime";
import { HeaderList } from "./header-list.js";

/**
 * The head of a request, or its trailers. Source: RFC 9113, section 8.3.1; the gRPC over HTTP/2
 * protocol document, "Requests".
 */
export class RequestHead extends HeaderList {
  method: string | undefined = undefined;
  path: string | undefined = undefined;
  scheme: string | undefined = undefined;
  authority: string | undefined = undefined;
  contentType: string | undefined = undefined;
  /** What the messages are compressed with; undefined when nothing was said. */
  encoding: string | undefined = undefined;
  /** What the caller takes answers compressed with. */
  acceptEncoding: string | undefined = undefined;
  /** Milliseconds; `Infinity` when none came, undefined when what came is malformed. */
  timeoutMs: number | undefined = Number.POSITIVE_INFINITY;
  /** The header that said so. */
  timeout = "";
  #host: string | undefined = undefined;

  override clear(): void {
    super.clear();
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
    if (this.fault !== undefined) return this.fault;
    if (this.method === undefined) return "no :method";
    if (this.method === "CONNECT") return "CONNECT is not served";
    if (this.scheme === undefined) return "no :scheme";
    if (this.path === undefined || this.path === "") return "no :path";
    if (this.#host !== undefined && this.authority !== undefined && this.#host !== this.authority)
      return "host is not :authority";
    return undefined;
  }

  /** Whether there is a pseudo-field: trailers have none. */
  get hasPseudoFields(): boolean {
    return (this.method ?? this.path ?? this.scheme ?? this.authority) !== undefined;
  }

  protected override pseudoField(name: string, value: string): boolean {
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

  protected override protocolField(name: string, value: string): boolean {
    switch (name) {
      case "content-type":
        this.contentType = value;
        return true;
      case "te":
        return (
          value === "trailers" ||
          this.refuse(`te is ${JSON.stringify(value)}, where only trailers may be asked for`)
        );
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
        return this.length(value);
      case "host":
        if ((this.#host ?? value) !== value) return this.refuse("two hosts");
        this.#host = value;
        return true;
      case "accept-encoding":
        return true;
      default:
        return false;
    }
  }
}
