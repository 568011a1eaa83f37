import type { Socket } from "node:net";

const SLAB_BYTES = 65_536;
const FRAME_HEADER_BYTES = 9;

/** The two frames of HTTP/2 that the loop writes. */
export const DATA = 0;
export const HEADERS = 1;

/**
 * Gathers frames and writes them once the code that runs now is done: all that the loop knows of
 * output.
 */
export class LoopOutput {
  readonly #socket: Socket;
  #slab: Buffer = Buffer.allocUnsafeSlow(SLAB_BYTES);
  #at = 0;
  #scheduled = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  frame(type: number, flags: number, streamId: number, payload: Uint8Array): void {
    const at = this.#header(payload.length, type, flags, streamId);
    this.#slab.set(payload, at);
  }

  /** A DATA frame with one message. */
  message(flags: number, streamId: number, message: Uint8Array): void {
    const at = this.#header(5 + message.length, DATA, flags, streamId);
    this.#slab[at] = 0;
    this.#slab.writeUInt32BE(message.length, at + 1);
    this.#slab.set(message, at + 5);
  }

  #header(length: number, type: number, flags: number, streamId: number): number {
    if (this.#at + FRAME_HEADER_BYTES + length > this.#slab.length) this.#flush();
    if (!this.#scheduled) {
      this.#scheduled = true;
      process.nextTick(() => this.#flush());
    }
    const slab = this.#slab;
    const at = this.#at;
    slab.writeUIntBE(length, at, 3);
    slab[at + 3] = type;
    slab[at + 4] = flags;
    slab.writeUInt32BE(streamId, at + 5);
    this.#at = at + FRAME_HEADER_BYTES + length;
    return at + FRAME_HEADER_BYTES;
  }

  #flush(): void {
    this.#scheduled = false;
    if (this.#at === 0) return;
    this.#socket.write(this.#slab.subarray(0, this.#at));
    if (this.#socket.writableLength > 0) this.#slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    this.#at = 0;
  }
}

/**
 * Calls back with each whole frame: its type, flags, stream and where its payload stands. `skip`
 * bytes come first.
 */
export function readFrames(
  socket: Socket,
  skip: number,
  frame: (
    type: number,
    flags: number,
    streamId: number,
    bytes: Buffer,
    start: number,
    end: number,
  ) => void,
): void {
  let left: Buffer | undefined;
  let toSkip = skip;
  socket.on("data", (chunk: Buffer) => {
    const bytes = left === undefined ? chunk : Buffer.concat([left, chunk]);
    let at = toSkip;
    if (bytes.length < at) {
      left = bytes;
      return;
    }
    toSkip = 0;
    while (bytes.length - at >= FRAME_HEADER_BYTES) {
      const end = at + FRAME_HEADER_BYTES + bytes.readUIntBE(at, 3);
      if (bytes.length < end) break;
      frame(
        bytes[at + 3] as number,
        bytes[at + 4] as number,
        bytes.readUInt32BE(at + 5),
        bytes,
        at + FRAME_HEADER_BYTES,
        end,
      );
      at = end;
    }
    left = at === bytes.length ? undefined : bytes.subarray(at);
  });
  socket.on("error", () => {});
}
