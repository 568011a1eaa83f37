import { FieldList, type FieldReader, type HeaderLimits } from "../frames/field-list.js";

/**
 * The head of a response, or its trailers. One for a connection, cleared for each. Source: RFC
 * 9113, section 8.3.2; the gRPC over HTTP/2 protocol document, "Responses".
 */
export class ResponseHead implements FieldReader {
  readonly fields: FieldList;
  /** `:status`, three digits. */
  httpStatus: string | undefined = undefined;
  contentType: string | undefined = undefined;
  encoding: string | undefined = undefined;
  grpcStatus: string | undefined = undefined;
  grpcMessage: string | undefined = undefined;

  constructor(limits: HeaderLimits) {
    this.fields = new FieldList(limits, this);
  }

  /** Forgets the last block. */
  clear(): void {
    this.fields.clear();
    this.httpStatus = undefined;
    this.contentType = undefined;
    this.encoding = undefined;
    this.grpcStatus = undefined;
    this.grpcMessage = undefined;
  }

  pseudoField(name: string, value: string): boolean {
    if (name !== ":status" || this.httpStatus !== undefined || !/^\d{3}$/.test(value)) return false;
    this.httpStatus = value;
    return true;
  }

  protocolField(name: string, value: string): boolean {
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
        return this.fields.takeLength(value);
      case "te":
        return this.fields.refuse("te is allowed in requests only");
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
 * Whether a content type is gRPC's: itself, or with a suffix or parameters. `application/grpc-web`
 * is another protocol.
 */
export function isGrpc(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/grpc(?:[+;].*)?$/is.test(contentType);
}
