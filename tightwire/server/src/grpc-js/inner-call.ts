import type { ServerInterceptingCallInterface } from "@grpc/grpc-js";
import type { Status } from "@tightwire/core/runtime";

/**
 * The private members of grpc-js's own call that this transport needs. Should a version of grpc-js
 * change them, the contract suite and the tests with raw peers fail.
 */
interface InnerCall {
  readonly stream?: {
    readonly aborted: boolean;
    readonly closed: boolean;
    readonly destroyed: boolean;
    readonly rstCode?: number;
  };
  readonly decoder?: { readonly readState: number };
  readonly incomingEncoding?: string;
  decompressMessage?(message: Buffer, encoding: string): Buffer | Promise<Buffer>;
}

/** grpc-js's `ReadState.NO_DATA`: between two messages. */
const BETWEEN_MESSAGES = 0;

/**
 * Whether the stream was reset. Node ends the data of a reset stream like that of a complete one,
 * and grpc-js reports both as half-closed: half an upload would look complete. The stream has its
 * reset code before `aborted` is set.
 */
export function isReset(call: ServerInterceptingCallInterface): boolean {
  const { stream } = call as InnerCall;
  return stream !== undefined && (stream.aborted || (stream.rstCode ?? 0) !== 0);
}

/**
 * Whether the received data ends inside a message. grpc-js drops the piece and half-closes as if
 * the requests were complete.
 */
export function isCutShort(call: ServerInterceptingCallInterface): boolean {
  return ((call as InnerCall).decoder?.readState ?? BETWEEN_MESSAGES) !== BETWEEN_MESSAGES;
}

/**
 * Calls back on every status that is sent while its stream can carry one. grpc-js sends some by
 * itself, without any other sign: for a message over the limit, or one that cannot be decompressed.
 */
export function onStatus(
  call: ServerInterceptingCallInterface,
  sent: (status: Status) => void,
): void {
  const original = call.sendStatus;
  call.sendStatus = (status) => {
    const { stream } = call as InnerCall;
    const closed = stream !== undefined && (stream.destroyed || stream.closed);
    original.call(call, status);
    // A write to a closed stream fails, and grpc-js sends a status for that too.
    if (!closed) sent({ code: status.code ?? 0, message: status.details ?? "" });
  };
}

/**
 * Collects the requests that were sent compressed, which grpc-js does not report; undefined when
 * the call announces no compression.
 */
export function collectCompressed(
  call: ServerInterceptingCallInterface,
): WeakSet<Uint8Array> | undefined {
  const inner = call as InnerCall;
  const original = inner.decompressMessage;
  if (
    original === undefined ||
    inner.incomingEncoding === undefined ||
    inner.incomingEncoding === "identity"
  )
    return undefined;
  const compressed = new WeakSet<Uint8Array>();
  inner.decompressMessage = async (message, encoding) => {
    const bytes = await original.call(inner, message, encoding);
    if (encoding !== "identity") compressed.add(bytes);
    return bytes;
  };
  return compressed;
}
