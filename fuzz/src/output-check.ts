import {
  Flag,
  FrameType,
  MAX_31_BITS,
  MAX_FRAME_BYTES,
  PREFACE,
} from "@tightwire/wire/internals/frames/protocol.js";
import { HpackDecoder } from "@tightwire/wire/internals/hpack/decoder.js";
import type { Faults } from "./faults.js";

/** What one side of a connection may still send on a stream. */
type SendState = "open" | "ended" | "reset";

/** A header block, while it is gathered. */
interface OpenBlock {
  readonly streamId: number;
  readonly parts: Buffer[];
  readonly end: boolean;
}

const REFUSAL = "HTTP/1.1 400";

/**
 * Reads what a session writes as a strict peer would: frames whole and in order, streams in their
 * states, windows kept. Source: RFC 9113, sections 4 to 6.
 */
export class OutputCheck {
  /**
   * What was said, a line a frame, with the bytes of DATA joined; what only paces the peer left
   * out.
   */
  readonly said: string[] = [];
  readonly #faults: Faults;
  readonly #decoder = new HpackDecoder();
  readonly #streams = new Map<number, SendState>();
  readonly #isClient: boolean;
  #bytes: Buffer = Buffer.alloc(0);
  #prefaceLeft: number;
  #block: OpenBlock | undefined = undefined;
  #newest = 0;
  #goaway = MAX_31_BITS;
  #connectionWindow = 65_535;
  #initialWindow = 65_535;
  readonly #granted = new Map<number, number>();

  constructor(isClient: boolean, faults: Faults) {
    this.#isClient = isClient;
    this.#faults = faults;
    this.#prefaceLeft = isClient ? PREFACE.length : 0;
  }

  /** The peer's WINDOW_UPDATE. */
  grant(streamId: number, bytes: number): void {
    if (streamId === 0) this.#connectionWindow += bytes;
    else this.#granted.set(streamId, (this.#granted.get(streamId) ?? 0) + bytes);
  }

  /** The peer's initial window: it moves those of all streams. */
  initialWindow(bytes: number): void {
    this.#initialWindow = bytes;
  }

  /**
   * DATA is written: told at once, since what the peer allows may change before it is handed on.
   */
  wrote(streamId: number, bytes: number): void {
    this.#connectionWindow -= bytes;
    this.grant(streamId, -bytes);
    if (this.#connectionWindow < 0) this.#fault("more DATA than the connection's window");
    if (this.#initialWindow + (this.#granted.get(streamId) ?? 0) < 0)
      this.#fault("more DATA than the stream's window");
  }

  /** Bytes that the session wrote. */
  push(bytes: Buffer): void {
    if (bytes.toString("latin1", 0, REFUSAL.length) === REFUSAL) return;
    this.#bytes = this.#bytes.length === 0 ? bytes : Buffer.concat([this.#bytes, bytes]);
    if (this.#prefaceLeft > 0) {
      if (this.#bytes.length < PREFACE.length) return;
      if (!this.#bytes.subarray(0, PREFACE.length).equals(PREFACE))
        this.#faults.note("output begins without the preface");
      this.#bytes = this.#bytes.subarray(PREFACE.length);
      this.#prefaceLeft = 0;
    }
    while (this.#bytes.length >= 9) {
      const length = this.#bytes.readUIntBE(0, 3);
      if (length > MAX_FRAME_BYTES) return this.#fault(`a frame of ${length} bytes`);
      if (this.#bytes.length < 9 + length) return;
      const frame = this.#bytes.subarray(0, 9 + length);
      this.#bytes = this.#bytes.subarray(9 + length);
      this.#frame(frame[3] as number, frame[4] as number, frame.readUInt32BE(5), frame.subarray(9));
    }
  }

  /** Nothing more comes. */
  end(): void {
    if (this.#bytes.length > 0) this.#fault("output ends inside a frame");
    if (this.#block !== undefined) this.#fault("output ends inside a header block");
  }

  #frame(type: number, flags: number, streamId: number, payload: Buffer): void {
    if (
      this.#block !== undefined &&
      (type !== FrameType.CONTINUATION || streamId !== this.#block.streamId)
    ) {
      this.#fault("a frame inside a header block");
    }
    switch (type) {
      case FrameType.DATA:
        return this.#data(streamId, payload, (flags & Flag.END_STREAM) !== 0);
      case FrameType.HEADERS:
        this.#block = { streamId, parts: [payload], end: (flags & Flag.END_STREAM) !== 0 };
        return this.#endBlock(flags);
      case FrameType.CONTINUATION:
        if (this.#block === undefined) return this.#fault("CONTINUATION without HEADERS");
        this.#block.parts.push(payload);
        return this.#endBlock(flags);
      case FrameType.RST_STREAM:
        return this.#reset(streamId, payload);
      case FrameType.WINDOW_UPDATE:
        return this.#windowUpdate(streamId, payload);
      case FrameType.SETTINGS:
      case FrameType.PING:
        if (streamId !== 0) this.#fault("SETTINGS or PING on a stream");
        this.said.push(`${type} ${flags} ${payload.toString("hex")}`);
        return;
      case FrameType.GOAWAY:
        return this.#goawaySaid(streamId, payload);
      default:
        this.#fault(`a frame of the kind ${type}`);
    }
  }

  #data(streamId: number, payload: Buffer, end: boolean): void {
    if (this.#streams.get(streamId) !== "open")
      this.#fault(`DATA on stream ${streamId}, which is ${this.#streams.get(streamId) ?? "idle"}`);
    if (end) this.#streams.set(streamId, "ended");
    const before = `data ${streamId} `;
    const bytes = payload.toString("hex");
    const last = this.said.at(-1);
    if (last?.startsWith(before) === true) this.said[this.said.length - 1] = last + bytes;
    else this.said.push(before + bytes);
    if (end) this.said.push(`end ${streamId}`);
  }

  #endBlock(flags: number): void {
    if ((flags & Flag.END_HEADERS) === 0) return;
    const { streamId, parts, end } = this.#block as OpenBlock;
    this.#block = undefined;
    const state = this.#streams.get(streamId);
    if (state !== undefined && state !== "open")
      this.#fault(`HEADERS on stream ${streamId}, which is ${state}`);
    if ((streamId & 1) === 0) this.#fault(`HEADERS on stream ${streamId}`);
    if (this.#isClient && state === undefined && streamId <= this.#newest)
      this.#fault("a stream's id that does not rise");
    this.#newest = Math.max(this.#newest, streamId);
    const fields: string[] = [];
    const block = Buffer.concat(parts);
    try {
      this.#decoder.decode(block, 0, block.length, {
        field: (name, value) => void fields.push(`${name}: ${value}`),
      });
    } catch (error) {
      this.#fault(`a header block that cannot be decoded: ${String(error)}`);
    }
    this.#streams.set(streamId, end ? "ended" : "open");
    this.said.push(`headers ${streamId} ${end} ${fields.join("; ")}`);
  }

  #reset(streamId: number, payload: Buffer): void {
    if (payload.length !== 4 || streamId === 0) this.#fault("a malformed RST_STREAM");
    const state = this.#streams.get(streamId);
    if (state === "reset") this.#fault(`stream ${streamId} was reset twice`);
    if (state === undefined && this.#isClient)
      this.#fault(`an idle stream, ${streamId}, was reset`);
    this.#streams.set(streamId, "reset");
    // Not said: whether a stream still has to be reset depends on how much of the frame that ends
    // it is there.
  }

  #windowUpdate(streamId: number, payload: Buffer): void {
    const increment = payload.length === 4 ? payload.readUInt32BE(0) : 0;
    if (increment === 0 || increment > MAX_31_BITS) this.#fault(`WINDOW_UPDATE of ${increment}`);
    if (this.#streams.get(streamId) === "reset")
      this.#fault(`WINDOW_UPDATE on stream ${streamId}, which was reset`);
  }

  #goawaySaid(streamId: number, payload: Buffer): void {
    if (streamId !== 0 || payload.length < 8) return this.#fault("a malformed GOAWAY");
    const last = payload.readUInt32BE(0);
    if (last > this.#goaway) this.#fault("a GOAWAY whose last stream rose");
    this.#goaway = last;
    this.said.push(`goaway ${last} ${payload.readUInt32BE(4)} ${payload.toString("latin1", 8)}`);
  }

  #fault(what: string): void {
    this.#faults.note(`output: ${what}`);
  }
}
