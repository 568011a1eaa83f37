import type { Channel, experimental, Metadata as GrpcMetadata, StatusObject } from "@grpc/grpc-js";
import {
  type Clock,
  type Completion,
  localCompletion,
  type OutgoingCall,
  type ResponseSink,
  type Status,
  StatusNumber,
  type StreamHandle,
  timeLeftMs,
} from "@tightwire/core/runtime";
import { completionOf } from "./completion.js";
import { isCutShort } from "./inner-call.js";
import { fromGrpcMetadata, toGrpcMetadata } from "./metadata.js";
import { RequestWriter } from "./request-writer.js";

/** grpc-js fails at once on a deadline beyond a 32-bit timer: a later one is sent as 24 days. */
const MAX_DEADLINE_MS = 24 * 24 * 3_600_000;
const CUT_SHORT = {
  code: StatusNumber.INTERNAL,
  message: "the response ends in the middle of a message",
  origin: "local",
} as const;

type InterceptingListener = Parameters<experimental.CallStream["start"]>[1];

/** What a call needs of its connection. */
export interface CallConnection {
  readonly channel: Channel;
  readonly authority: string;
  readonly clock: Clock;
  /** The call is about to be told how it finished. */
  callFinishing(completion: Completion): void;
  /** The call finished. */
  callFinished(call: GrpcJsCall): void;
}

/**
 * One call on a grpc-js channel, made below its stubs: bytes in, bytes out, without a stream object
 * or an Error for each call.
 */
export class GrpcJsCall implements StreamHandle, InterceptingListener {
  readonly #connection: CallConnection;
  readonly #sink: ResponseSink;
  readonly #call: experimental.CallStream;
  readonly #writer: RequestWriter;
  #finished = false;
  #head: GrpcMetadata | undefined = undefined;
  /** How many messages the sink has asked for and not got. */
  #asked = 0;
  #reading = false;

  constructor(connection: CallConnection, outgoing: OutgoingCall, sink: ResponseSink) {
    this.#connection = connection;
    this.#sink = sink;
    this.#call = connection.channel.createCall(
      outgoing.path,
      grpcDeadline(outgoing.deadline, connection.clock),
      connection.authority,
      null,
      0,
    );
    this.#writer = new RequestWriter(this.#call, outgoing.compress, sink);
    this.#call.start(headersOf(outgoing), this);
  }

  write(bytes: Uint8Array, compress?: boolean): boolean {
    return this.#writer.write(bytes, compress);
  }

  halfClose(): void {
    this.#writer.halfClose();
  }

  pull(count: number): void {
    this.#asked += count;
    this.#read();
  }

  cancel(status: Status): void {
    if (this.#finished) return;
    // grpc-js cannot tell whether it was processed.
    this.#finish(localCompletion(status, "unknown"));
    const { code, message } = status;
    this.#call.cancelWithStatus(code, message);
    // grpc-js starts its inner call although the call was cancelled before, and would not finish
    // it.
    if (!this.#writer.begun) setImmediate(() => this.#call.cancelWithStatus(code, message));
  }

  // ---- what grpc-js tells ----

  onReceiveMetadata(received: GrpcMetadata): void {
    this.#head = received;
    if (!this.#finished) this.#sink.headers(fromGrpcMetadata(received));
  }

  onReceiveMessage(bytes: Buffer): void {
    this.#reading = false;
    if (this.#finished) return;
    this.#asked--;
    this.#sink.message(bytes);
    this.#read();
  }

  onReceiveStatus(status: StatusObject): void {
    const completion = completionOf(status, this.#head);
    const cutShort = completion.code === StatusNumber.OK && isCutShort(this.#call);
    this.#finish(cutShort ? { ...completion, ...CUT_SHORT } : completion);
  }

  #read(): void {
    if (this.#finished || this.#reading || this.#asked <= 0) return;
    this.#reading = true;
    this.#call.startRead();
  }

  #finish(completion: Completion): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#writer.close();
    this.#connection.callFinishing(completion);
    this.#sink.finished(completion);
    this.#connection.callFinished(this);
  }
}

function headersOf({ metadata, previousAttempts }: OutgoingCall): GrpcMetadata {
  const headers = toGrpcMetadata(metadata);
  if (previousAttempts > 0) headers.set("grpc-previous-rpc-attempts", String(previousAttempts));
  return headers;
}

/** A deadline as grpc-js takes it: on the wall clock. */
function grpcDeadline(deadline: number, clock: Clock): number {
  if (deadline === Number.POSITIVE_INFINITY) return deadline;
  return Date.now() + Math.min(timeLeftMs(deadline, clock), MAX_DEADLINE_MS);
}
