import { HeaderList } from "./header-list.js";

/**
 * The head of an answer, or its trailers. Source: RFC 9113, section 8.3.2; the gRPC over HTTP/2
 * protocol document, "Responses".
 */
export class ResponseHead extends HeaderList {
  /** `:status`, three digits. */
  httpStatus: string | undefined = undefined;
  contentType: string | undefined = undefined;
  encoding: string | undefined = undefined;
  grpcStatus: string | undefined = undefined;
  grpcMessage: string | undefined = undefined;

  override clear(): void {
    super.clear();
    this.httpStatus = undefined;
    this.contentType = undefined;
    this.encoding = undefined;
    this.grpcStatus = undefined;
    this.grpcMessage = undefined;
  }

  protected override pseudoField(name: string, value: string): boolean {
    if (name !== ":status" || this.httpStatus !== undefined || !/^\d{3}$/.test(value)) return false;
    this.httpStatus = value;
    return true;
  }

  protected override protocolField(name: string, value: string): boolean {
    switch (name) {
      case "content-type":
        this.contentType = value;
        return true;
      case "grpc-status":
        this.grpcStatus = value;
        return true;
      case "grpc-message":
        this.grpcMessage = value;
        return true;
      case "grpc-encoding":
        this.encoding = value;
        return true;
      case "content-length":
        return this.length(value);
      case "te":
        return this.refuse("te, which only requests have");
      case "grpc-accept-encoding":
      case "accept-encoding":
      case "date":
        return true;
      default:
        return false;
    }
  }
}

/**
 * Whether an answer's or request's content type is gRPC's: itself, or with a suffix or parameters.
 * `application/grpc-web` is another protocol.
 */
export function isGrpc(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/grpc(?:[+;].*)?$/is.test(contentType);
}
