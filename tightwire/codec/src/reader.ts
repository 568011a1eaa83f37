import { BinaryReader } from "@bufbuild/protobuf/wire";

/**
 * The reader that ts-proto's generated `decode` is given. Unlike the stock one it keeps no view of the buffer that it reads (`bytes` fields are
 * copied, since a transport's bytes are borrowed), and it refuses strings that are not UTF-8, as proto3 asks.
 */
export class MessageReader extends BinaryReader {
  override bytes(): Uint8Array {
    return super.bytes().slice();
  }

  /** Throws an Error when the field is not valid UTF-8. */
  override string(): string {
    return super.string(true);
  }
}
