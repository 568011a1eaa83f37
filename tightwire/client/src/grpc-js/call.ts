import type { experimental, Metadata as GrpcMetadata, StatusObject } from "@grpc/grpc-js";
import type { Metadata } from "@tightwire/core";
import {
  type Completion,
  type OutgoingCall,
  type ResponseSink,
  type Status,
  StatusNumber,
  type StreamHandle,
  systemClock,
  timeLeftMs,
  type UnarySink,
} from "@tightwire/core/runtime";
import type { GrpcJsConnection } from "./connection.js";
import { foreignResponse } from "./foreign-response.js";
import { isCutShort } from "./inner-call.js";
import { asBuffer, fromGrpcMetadata, toGrpcMetadata } from "./metadata.js";
import { writtenByGrpcJs } from "./origin.js";

/** Above so many bytes handed to grpc-js and not yet taken by it, writing waits. */
const HIGH_WATER_BYTES = 64 * 1024;
/** And above so many messages: they reach the socket together. */
const HIGH_WATER_MESSAGES = 16;
/**
 * grpc-js fails at once on what is further away than a 32-bit timer, so a later deadline is told as
 * this much: 24 days.
 */
const MAX_DEADLINE_MS = 24 * 24 * 3_600_000;
/** grpc.writeFlags.NoCompress */
const NO_COMPRESS = 2;
const NONE: readonly Held[] = [];
const CUT_SHORT = {
  code: StatusNumber.INTERNAL,
  message: "the answer ends in the middle of a message",
  origin: "local",
} as const;

/** A message that waits for grpc-js to take the first. */
interface Held {
  readonly bytes: Uint8Array;
  readonly compress: boolean;
}

/**
 * One call on a grpc-js channel, made below its stubs: bytes in, bytes out, no stream object and no
 * Error a call.
 */
export class GrpcJsCall implements StreamHandle {
  readonly #connection: GrpcJsConnection;
  readonly #sink: ResponseSink;
  readonly #call: experimental.CallStream;
  readonly #compress: boolean;
  #over = false;
  #head: GrpcMetadata | undefined = undefined;
  #credit = 0;
  #reading = false;
  #waitingBytes = 0;
  #waitingMessages = 0;
  #full = false;
  #ending = false;
  /**
   * Whether grpc-js took a message. Before it does it keeps one, and a second would replace that.
   */
  #begun = false;
  #held: readonly Held[] = NONE;
  readonly #maxMessages: number;

  constructor(connection: GrpcJsConnection, outgoing: OutgoingCall, sink: ResponseSink) {
    this.#connection = connection;
    this.#sink = sink;
    this.#compress = outgoing.compress;
    // Its compression may finish a later message first, so those go one by one.
    this.#maxMessages = outgoing.compress ? 1 : HIGH_WATER_MESSAGES;
    this.#call = connection.channel.createCall(
      outgoing.path,
      grpcDeadline(outgoing.deadline),
      connection.authority,
      null,
      0,
    );
    const metadata = toGrpcMetadata(outgoing.metadata);
    if (outgoing.previousAttempts > 0)
      metadata.set("grpc-previous-rpc-attempts", String(outgoing.previousAttempts));
    this.#call.start(metadata, {
      onReceiveMetadata: (received: GrpcMetadata) => {
        this.#head = received;
        if (!this.#over) this.#sink.headers(fromGrpcMetadata(received));
      },
      onReceiveMessage: (bytes: Buffer) => {
        this.#reading = false;
        if (this.#over) return;
        this.#credit--;
        this.#sink.message(bytes);
        this.#read();
      },
      onReceiveStatus: (status: StatusObject) => {
        const end = completionOf(status, this.#head);
        this.#finish(
          end.code === StatusNumber.OK && isCutShort(this.#call) ? { ...end, ...CUT_SHORT } : end,
        );
      },
    });
  }

  write(bytes: Uint8Array, compress: boolean = this.#compress): boolean {
    if (this.#over) return true;
    const size = bytes.byteLength;
    this.#waitingBytes += size;
    this.#waitingMessages++;
    if (this.#begun || this.#waitingMessages === 1) this.#send(bytes, compress);
    else this.#held = [...this.#held, { bytes, compress }];
    this.#full ||=
      this.#waitingBytes >= HIGH_WATER_BYTES || this.#waitingMessages >= this.#maxMessages;
    return !this.#full;
  }

  #send(bytes: Uint8Array, compress: boolean): void {
    const context = {
      flags: compress && this.#compress ? 0 : NO_COMPRESS,
      callback: () => this.#taken(bytes.byteLength),
    };
    this.#call.sendMessageWithContext(context, asBuffer(bytes));
  }

  halfClose(): void {
    if (this.#over) return;
    // With several messages in its filters grpc-js would half-close after the first.
    if (this.#waitingMessages <= 1) this.#call.halfClose();
    else this.#ending = true;
  }

  pull(count: number): void {
    this.#credit += count;
    this.#read();
  }

  cancel(cause: Status): void {
    if (this.#over) return;
    this.#finish({
      code: cause.code,
      message: cause.message,
      headers: undefined,
      trailers: undefined,
      outcome: "unknown",
      origin: "local",
    });
    this.#call.cancelWithStatus(cause.code, cause.message);
    // A call that is cancelled before grpc-js has made its inner call is begun all the same, and
    // nobody would end it.
    if (!this.#begun) setImmediate(() => this.#call.cancelWithStatus(cause.code, cause.message));
  }

  #read(): void {
    if (this.#over || this.#reading || this.#credit <= 0) return;
    this.#reading = true;
    this.#call.startRead();
  }

  #taken(bytes: number): void {
    this.#waitingBytes -= bytes;
    this.#waitingMessages--;
    if (this.#over) return;
    if (!this.#begun) this.#begin();
    if (this.#ending && this.#waitingMessages === 0) this.#call.halfClose();
    if (
      !this.#full ||
      this.#waitingBytes > HIGH_WATER_BYTES / 2 ||
      this.#waitingMessages > this.#maxMessages / 2
    )
      return;
    this.#full = false;
    this.#sink.drained();
  }

  /** The inner call is there: what waited for it goes out. */
  #begin(): void {
    this.#begun = true;
    for (const { bytes, compress } of this.#held) this.#send(bytes, compress);
    this.#held = NONE;
  }

  #finish(end: Completion): void {
    if (this.#over) return;
    this.#over = true;
    this.#sink.finished(end);
    this.#connection.left(this);
  }
}

/** The answer of a unary call, gathered into its one ending. */
export class UnaryResponses implements ResponseSink {
  readonly #sink: UnarySink;
  #headers: Metadata | undefined = undefined;
  #message: Uint8Array | undefined = undefined;
  #messages = 0;

  constructor(sink: UnarySink) {
    this.#sink = sink;
  }

  headers(metadata: Metadata): void {
    this.#headers = metadata;
  }

  message(bytes: Uint8Array): void {
    this.#messages++;
    this.#message = bytes; // grpc-js gives each message a buffer of its own
  }

  drained(): void {}

  finished(end: Completion): void {
    const whole: Completion =
      this.#headers === undefined ? end : { ...end, headers: this.#headers };
    if (end.code !== StatusNumber.OK) this.#sink.finished(whole, undefined);
    else if (this.#messages === 1) this.#sink.finished(whole, this.#message);
    else
      this.#sink.finished(
        {
          ...whole,
          code: StatusNumber.INTERNAL,
          message: `the answer of a unary call holds ${this.#messages} messages`,
          origin: "local",
        },
        undefined,
      );
  }
}

function grpcDeadline(deadline: number): number {
  if (deadline === Number.POSITIVE_INFINITY) return deadline;
  return Date.now() + Math.min(timeLeftMs(deadline, systemClock), MAX_DEADLINE_MS);
}

function completionOf(status: StatusObject, head: GrpcMetadata | undefined): Completion {
  const foreign = status.code === StatusNumber.OK ? undefined : foreignResponse(status, head);
  if (foreign !== undefined)
    return {
      ...foreign,
      headers: undefined,
      trailers: undefined,
      outcome: "unknown",
      origin: "local",
    };
  const local = writtenByGrpcJs(status);
  return {
    // A code outside 0 to 16 is UNKNOWN; grpc-js lets anything through.
    code:
      Number.isInteger(status.code) && status.code >= 0 && status.code <= 16
        ? status.code
        : StatusNumber.UNKNOWN,
    message: status.details,
    headers: undefined,
    trailers: fromGrpcMetadata(status.metadata),
    outcome: local ? "unknown" : "responded",
    origin: local ? "local" : "peer",
  };
}
