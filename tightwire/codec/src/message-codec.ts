import type { BinaryReader } from "@bufbuild/protobuf/wire";
import type { Codec } from "@tightwire/core";
import { MessageReader } from "./reader.js";

/** What ts-proto generates for a message, as far as a codec needs it. */
export interface GeneratedMessage<T> {
  encode(message: T): { finish(): Uint8Array };
  decode(input: BinaryReader | Uint8Array, length?: number): T;
  // ts-proto names its argument type per file (DeepPartial); PartialMessage allows what it allows.
  fromPartial(partial: never): T;
}

/** The codec of a generated message: validates strings, keeps no view of what it decodes. */
export function messageCodec<T>(type: GeneratedMessage<T>): Codec<T> {
  return {
    encode: (message) => type.encode(message).finish(),
    decode: (bytes) => type.decode(new MessageReader(bytes)),
    create: (partial) => type.fromPartial(partial as never),
  };
}
