import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import {
  ACK,
  CLIENT_PREFACE,
  CONTINUATION,
  DATA,
  data,
  END_HEADERS,
  END_STREAM,
  GOAWAY,
  HEADERS,
  headers,
  RST_STREAM,
  SETTINGS,
  settings,
  settingsAck,
  WINDOW_UPDATE,
} from "@tightwire/wire/internals/frames/raw-frame.test-support.js";
import { HpackDecoder } from "@tightwire/wire/internals/hpack/decoder.js";
import { FrameSplitter } from "./frame-splitter.js";
import { Windows } from "./windows.js";

/** How a connection ended: by the server's FIN, its reset, or not at all. */
export type ConnectionEnd = "open" | "closed" | "reset";

const MAX_FRAME_BYTES = 16_384;
/** Those who wait look at the time so often. */
const WAKE_MS = 50;

/** What became of a stream: its grpc-status, or the code of its reset. */
export type StreamEnd = { readonly status: string } | { readonly resetCode: number };

/**
 * A client whose frames are written by hand. It counts what comes, acknowledges SETTINGS, and gives
 * no credit by itself.
 */
export class RawConnection {
  readonly socket: Socket;
  readonly windows: Windows = new Windows();
  /** Ends of streams, by id. */
  readonly ends: Map<number, StreamEnd> = new Map();
  /** Bytes of DATA by stream. */
  readonly received: Map<number, number> = new Map();
  /** Frames that came, by type. */
  readonly frames: number[] = new Array<number>(16).fill(0);
  goawayCode: number | undefined;
  end: ConnectionEnd = "open";
  sentBytes = 0;
  receivedBytes = 0;
  acknowledges = true;
  readonly #decoder = new HpackDecoder();
  readonly #splitter = new FrameSplitter((...frame) => this.#frame(...frame));
  #block: Buffer[] = [];
  #blockFlags = 0;
  #nextStreamId = 1;
  #greeted: (() => void) | undefined;
  #draining: Promise<void> | undefined;
  readonly #waiting: (() => void)[] = [];

  /** Takes a socket that is connected. */
  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (bytes: Buffer) => {
      this.receivedBytes += bytes.length;
      try {
        this.#splitter.receive(bytes);
      } catch {
        // What is not HTTP/2 is counted and no more.
      }
      this.#wake();
    });
    socket.on("end", () => this.#ended("closed"));
    socket.on("error", () => this.#ended("reset"));
    const timer = setInterval(() => this.#wake(), WAKE_MS);
    socket.on("close", () => {
      clearInterval(timer);
      this.#ended("closed");
      this.#wake();
    });
  }

  get open(): boolean {
    return this.end === "open";
  }

  /** Preface and SETTINGS; resolves when the server's SETTINGS came or the connection ended. */
  async greet(first: Buffer = settings(), timeoutMs: number = 2_000): Promise<void> {
    const greeted = new Promise<void>((resolve) => {
      this.#greeted = resolve;
    });
    this.write(CLIENT_PREFACE, first);
    await Promise.race([greeted, sleep(timeoutMs, undefined, { ref: false })]);
  }

  /** Sends, whether or not the peer reads. */
  write(...bytes: readonly Buffer[]): void {
    if (!this.open || !this.socket.writable) return;
    const all = bytes.length === 1 ? (bytes[0] as Buffer) : Buffer.concat(bytes);
    this.sentBytes += all.length;
    this.socket.write(all);
  }

  /** Waits until the socket takes more, the connection ended, or it is `deadline`. */
  drained(deadline: number): Promise<void> {
    if (!this.open || !this.socket.writableNeedDrain) return Promise.resolve();
    this.#draining ??= this.#drain(deadline - performance.now()).finally(() => {
      this.#draining = undefined;
    });
    return this.#draining;
  }

  async #drain(left: number): Promise<void> {
    if (left <= 0) return;
    const waiting = new AbortController();
    const events = ["drain", "close"].map((event) =>
      once(this.socket, event, { signal: waiting.signal }).catch(() => {}),
    );
    await Promise.race([
      ...events,
      sleep(left, undefined, { signal: waiting.signal }).catch(() => {}),
    ]);
    waiting.abort();
  }

  /** The id of the next stream. */
  nextStreamId(): number {
    const id = this.#nextStreamId;
    this.#nextStreamId += 2;
    return id;
  }

  /** Opens a stream with a block; gives its id. */
  openStream(block: Parameters<typeof headers>[1], endStream = false): number {
    const id = this.nextStreamId();
    this.write(headers(id, block, { endStream }));
    return id;
  }

  /**
   * Sends DATA as the windows allow, until all is sent, the stream ended, or it is `deadline`;
   * gives how much was sent.
   */
  async upload(
    streamId: number,
    bytes: Buffer,
    deadline: number,
    endStream = false,
  ): Promise<number> {
    let sent = 0;
    while (sent < bytes.length && this.open && !this.ends.has(streamId)) {
      const size = Math.min(bytes.length - sent, MAX_FRAME_BYTES, this.windows.of(streamId));
      if (size <= 0) {
        if (performance.now() >= deadline) return sent;
        await this.#changed();
        continue;
      }
      const part = bytes.subarray(sent, sent + size);
      sent += size;
      this.windows.sent(streamId, size);
      this.write(data(streamId, part, endStream && sent === bytes.length));
      if (this.socket.writableNeedDrain) await this.drained(deadline);
    }
    return sent;
  }

  /** Waits until a stream ended; undefined when the connection did, or it is `deadline`. */
  async ended(streamId: number, deadline: number): Promise<StreamEnd | undefined> {
    while (this.open && !this.ends.has(streamId) && performance.now() < deadline)
      await this.#changed();
    return this.ends.get(streamId);
  }

  /** Waits for a frame, for the end, or for a moment. */
  #changed(): Promise<void> {
    return new Promise((resolve) => void this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #ended(how: ConnectionEnd): void {
    if (!this.open) return;
    this.end = how;
    this.#greeted?.();
    this.#wake();
  }

  #frame(type: number, flags: number, streamId: number, payload: Buffer): void {
    this.frames[type & 15] = (this.frames[type & 15] ?? 0) + 1;
    if (type === HEADERS || type === CONTINUATION) this.#headers(type, flags, streamId, payload);
    else if (type === RST_STREAM) {
      // One behind the status, as servers send it that stop reading, does not change it.
      if (!this.ends.has(streamId)) this.ends.set(streamId, { resetCode: payload.readUInt32BE(0) });
    } else if (type === SETTINGS && (flags & ACK) === 0) this.#settings(payload);
    else if (type === WINDOW_UPDATE) this.windows.update(streamId, payload.readUInt32BE(0));
    else if (type === GOAWAY) this.goawayCode = payload.readUInt32BE(4);
    else if (type === DATA)
      this.received.set(streamId, (this.received.get(streamId) ?? 0) + payload.length);
  }

  #settings(payload: Buffer): void {
    this.windows.settings(payload);
    if (this.acknowledges) this.write(settingsAck);
    this.#greeted?.();
  }

  #headers(type: number, flags: number, streamId: number, payload: Buffer): void {
    if (type === HEADERS) this.#blockFlags = flags;
    this.#block.push(Buffer.from(payload));
    if ((flags & END_HEADERS) === 0) return;
    const block = Buffer.concat(this.#block);
    this.#block = [];
    let status: string | undefined;
    let httpStatus = "";
    this.#decoder.decode(block, 0, block.length, {
      field(name, value) {
        if (name === "grpc-status") status = value;
        else if (name === ":status" && value !== "200") httpStatus = `HTTP ${value}`;
      },
    });
    if ((this.#blockFlags & END_STREAM) !== 0 || status !== undefined)
      this.ends.set(streamId, { status: status ?? (httpStatus || "none") });
  }
}
