import type { ServerInterceptingCallInterface } from "@grpc/grpc-js";
import type { Status } from "@tightwire/core/runtime";

/**
 * What of grpc-js's own call the seam needs and its interface does not show. All of it reaches into
 * grpc-js, and stands here alone; should a version keep it elsewhere, the contract suite and the
 * tests with raw peers fail.
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
 * Whether the stream was reset. Node ends a reset stream's data as it ends a whole one's, and
 * grpc-js tells both as half-closed: half an upload would look like all of it. The stream's reset
 * code says so before `aborted` does.
 */
export function isReset(call: ServerInterceptingCallInterface): boolean {
  const { stream } = call as InnerCall;
  return stream !== undefined && (stream.aborted || (stream.rstCode ?? 0) !== 0);
}

/**
 * Whether the data that came ends inside a message: grpc-js drops the piece, and half-closes as if
 * the messages were all.
 */
export function isCutShort(call: ServerInterceptingCallInterface): boolean {
  return ((call as InnerCall).decoder?.readState ?? BETWEEN_MESSAGES) !== BETWEEN_MESSAGES;
}

/**
 * Hears every status that is sent while its stream can carry one, also those that grpc-js sends by
 * itself and tells nobody of: a message over the limit, one that cannot be decompressed.
 */
export function onStatus(
  call: ServerInterceptingCallInterface,
  sent: (status: Status) => void,
): void {
  const original = call.sendStatus;
  call.sendStatus = (status) => {
    const { stream } = call as InnerCall;
    const gone = stream !== undefined && (stream.destroyed || stream.closed);
    original.call(call, status);
    // What is written to a stream that is gone fails, and grpc-js would answer that too.
    if (!gone) sent({ code: status.code ?? 0, message: status.details ?? "" });
  };
}

/**
 * Collects the requests that come compressed, which grpc-js decompresses without a word; undefined
 * when the call announces none.
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
