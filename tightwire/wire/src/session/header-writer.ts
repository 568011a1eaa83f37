import { writeFrameHeader, writeLongHeaders } from "../frames/frame-writer.js";
import { Flag, FRAME_HEADER_BYTES, FrameType, MAX_FRAME_BYTES } from "../frames/protocol.js";
import { HpackEncoder, MOST_BEGIN_BYTES } from "../hpack/encoder.js";
import type { Output } from "./output.js";

/** Writes header blocks, as one HEADERS frame or with CONTINUATION behind it. */
export class HeaderWriter {
  readonly encoder: HpackEncoder = new HpackEncoder();
  readonly #output: Output;
  #longBlock = false;

  constructor(output: Output) {
    this.#output = output;
  }

  /**
   * Begins a header block of at most `most` bytes: the encoder that it returns writes it, and
   * {@link end} sends it.
   */
  begin(most: number): HpackEncoder {
    const encoder = this.encoder;
    const output = this.#output;
    this.#longBlock = most + MOST_BEGIN_BYTES > MAX_FRAME_BYTES;
    if (this.#longBlock) {
      encoder.out = Buffer.allocUnsafe(most + MOST_BEGIN_BYTES);
      encoder.at = 0;
    } else {
      output.reserve(FRAME_HEADER_BYTES + MOST_BEGIN_BYTES + most);
      encoder.out = output.buffer;
      encoder.at = output.at + FRAME_HEADER_BYTES;
    }
    encoder.begin();
    return encoder;
  }

  /** Sends the block that was begun. */
  end(streamId: number, endStream: boolean): void {
    const encoder = this.encoder;
    const output = this.#output;
    output.sentSincePing = true;
    if (this.#longBlock)
      return writeLongHeaders(output, streamId, encoder.out.subarray(0, encoder.at), endStream);
    const flags = endStream ? Flag.END_HEADERS | Flag.END_STREAM : Flag.END_HEADERS;
    const length = encoder.at - output.at - FRAME_HEADER_BYTES;
    writeFrameHeader(output, length, FrameType.HEADERS, flags, streamId);
    output.at = encoder.at;
  }
}
