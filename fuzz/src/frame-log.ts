import type { FrameHandler } from "@tightwire/wire/internals/frames/frame.js";

/**
 * Writes down what a frame reader tells; DATA of one stream is joined, since it may be told in
 * parts.
 */
export class FrameLog implements FrameHandler {
  readonly closed = false;
  readonly #log: string[];
  #stream = -1;
  #flowBytes = 0;

  constructor(log: string[]) {
    this.#log = log;
  }

  data(
    streamId: number,
    bytes: Buffer,
    start: number,
    end: number,
    flowBytes: number,
    endStream: boolean,
  ): void {
    const hex = bytes.toString("hex", start, end);
    if (this.#stream === streamId) this.#log[this.#log.length - 2] += hex;
    else this.#log.push(`data ${streamId} ${hex}`, "");
    this.#flowBytes = this.#stream === streamId ? this.#flowBytes + flowBytes : flowBytes;
    this.#log[this.#log.length - 1] = `costs ${this.#flowBytes}`;
    this.#stream = streamId;
    if (endStream) this.#tell(`end ${streamId}`);
  }

  headers(streamId: number, flags: number, bytes: Buffer, start: number, end: number): void {
    this.#tell(`headers ${streamId} ${flags} ${bytes.toString("hex", start, end)}`);
  }

  continuation(streamId: number, flags: number, bytes: Buffer, start: number, end: number): void {
    this.#tell(`continuation ${streamId} ${flags} ${bytes.toString("hex", start, end)}`);
  }

  reset(streamId: number, code: number): void {
    this.#tell(`reset ${streamId} ${code}`);
  }

  settings(bytes: Buffer, start: number, end: number): void {
    this.#tell(`settings ${bytes.toString("hex", start, end)}`);
  }

  settingsAcknowledged(): void {
    this.#tell("settings acknowledged");
  }

  ping(bytes: Buffer, start: number, acknowledged: boolean): void {
    this.#tell(`ping ${bytes.toString("hex", start, start + 8)} ${acknowledged}`);
  }

  goaway(lastStreamId: number, code: number, debug: string): void {
    this.#tell(`goaway ${lastStreamId} ${code} ${debug}`);
  }

  windowUpdate(streamId: number, increment: number): void {
    this.#tell(`window ${streamId} ${increment}`);
  }

  streamFault(streamId: number, code: number): void {
    this.#tell(`fault ${streamId} ${code}`);
  }

  #tell(line: string): void {
    this.#stream = -1;
    this.#log.push(line);
  }
}
