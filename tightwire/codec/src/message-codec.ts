import { takeBackBlock } from "./wire/lent-block.js";
import { BinaryReader, BinaryWriter } from "./wire.js";

/**
 * What ts-proto generates for a message, as far as a codec needs it. `Partial` is its argument type
 * for a message in part, which it writes into each file.
 */
export interface GeneratedMessage<T, Partial> {
  // The reader's and the writer's types are those of the module that the code imports them from.
  encode(message: T, writer?: never): unknown;
  decode(input: never, length?: number): T;
  fromPartial(partial: Partial): T;
}

/** A codec as `@tightwire/core` wants it: bytes to messages and back. */
export interface MessageCodec<T, Partial> {
  /**
   * The message's bytes; the caller owns them. Throws an Error that names a value that its type
   * cannot hold. `lend`: large ones are in memory that is used again once they are given back,
   * which the caller may do.
   */
  encode(message: T, lend?: boolean): Uint8Array;
  /**
   * Takes back bytes that were lent and that nobody reads any more. Other bytes are left alone, as
   * are these when they come again.
   */
  giveBack(bytes: Uint8Array): void;
  /**
   * Reads a message out of borrowed bytes and keeps no view of them. Throws an Error when they are
   * not such a message.
   */
  decode(bytes: Uint8Array): T;
  /** A whole message from part of one. */
  create(partial: Partial): T;
}

/**
 * The codec of a generated message: refuses strings that are not UTF-8, keeps no view of what it
 * decodes. Throws an Error when the code was generated for another reader than that of
 * `@tightwire/codec/wire`.
 */
export function messageCodec<T, Partial>(
  type: GeneratedMessage<T, Partial>,
): MessageCodec<T, Partial> {
  expectOurReader(type);
  /** How long the message was that was lent last: the next one is likely to be as long. */
  let likelyBytes = 0;
  return {
    encode(message, lend = false) {
      const writer = new BinaryWriter();
      if (lend) writer.lend(likelyBytes);
      type.encode(message, writer as never);
      if (!lend) return writer.finishShared();
      const bytes = writer.finishLent();
      likelyBytes = bytes.length;
      return bytes;
    },
    giveBack: takeBackBlock,
    decode: (bytes) => type.decode(new BinaryReader(bytes) as never),
    create: (partial) => type.fromPartial(partial),
  };
}

/** Generated code tells a reader from bytes by its class; it would take another one for bytes. */
function expectOurReader<T, Partial>(type: GeneratedMessage<T, Partial>): void {
  try {
    type.decode(new BinaryReader(new Uint8Array(0)) as never);
  } catch (error) {
    throw new Error(
      "this message was generated for another reader: generate it with protoc-gen-ts_proto-codec in place of protoc-gen-ts_proto",
      { cause: error },
    );
  }
}
