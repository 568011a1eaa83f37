import type { Metadata } from "@tightwire/core";
import { type FinalStatus, StatusNumber } from "@tightwire/core/runtime";
import { ACCEPTED_ENCODINGS } from "../grpc/compression.js";
import { encodeGrpcMessage } from "../grpc/grpc-message.js";
import { mostMetadataBytes, writeMetadata } from "../grpc/metadata-fields.js";
import { mostFieldBytes } from "../hpack/encoder.js";
import { RepeatedFields } from "../hpack/repeated-fields.js";
import type { HeaderWriter } from "../session/header-writer.js";

/** Room for the fields of a response that do not depend on the call. */
const MOST_HEAD_BYTES = 160;

/**
 * Writes the heads and trailers of responses on one connection. Source: the gRPC over HTTP/2
 * protocol document, "Responses".
 */
export class ResponseWriter {
  readonly #headers: HeaderWriter;
  /** What every response begins with. */
  readonly #head: RepeatedFields = new RepeatedFields([
    [":status", "200"],
    ["content-type", "application/grpc"],
  ]);
  /** What a successful one ends with. */
  readonly #okStatus: RepeatedFields = new RepeatedFields([["grpc-status", "0"]]);

  constructor(headers: HeaderWriter) {
    this.#headers = headers;
  }

  /** Writes the head of a response. */
  writeHead(streamId: number, metadata: Metadata | undefined, gzip: boolean): void {
    const encoder = this.#headers.begin(MOST_HEAD_BYTES + mostMetadataBytes(metadata));
    this.#head.write(encoder);
    if (gzip) encoder.repeated("grpc-encoding", "gzip");
    if (metadata !== undefined) writeMetadata(encoder, metadata);
    this.#headers.end(streamId, false);
  }

  /** Writes the trailers of a response, and its head with them if it was not sent. */
  writeEnd(streamId: number, withHead: boolean, { code, message, trailers }: FinalStatus): void {
    const text = encodeGrpcMessage(message);
    const most =
      MOST_HEAD_BYTES + mostFieldBytes("grpc-message", text) + mostMetadataBytes(trailers);
    const encoder = this.#headers.begin(most);
    if (withHead) {
      this.#head.write(encoder);
      if (code === StatusNumber.UNIMPLEMENTED)
        encoder.repeated("grpc-accept-encoding", ACCEPTED_ENCODINGS);
    }
    if (code === StatusNumber.OK) this.#okStatus.write(encoder);
    else if (code <= StatusNumber.UNAUTHENTICATED) encoder.repeated("grpc-status", String(code));
    else encoder.literal("grpc-status", String(code));
    if (text !== "") encoder.literal("grpc-message", text);
    if (trailers !== undefined) writeMetadata(encoder, trailers);
    this.#headers.end(streamId, true);
  }

  /** Responds in HTTP to a request that is not gRPC. */
  writeHttp(streamId: number, httpStatus: string): void {
    const encoder = this.#headers.begin(64);
    encoder.repeated(":status", httpStatus);
    if (httpStatus === "405") encoder.literal("allow", "POST");
    this.#headers.end(streamId, true);
  }
}
