import { createRandom } from "@tightwire/testing";
import { ConnectionError } from "@tightwire/wire/internals/frames/connection-error.js";
import { FrameReader } from "@tightwire/wire/internals/frames/frame-reader.js";
import { Inbox } from "@tightwire/wire/internals/grpc/inbox.js";
import { PREFIX_BYTES } from "@tightwire/wire/internals/grpc/message-prefix.js";
import { HpackDecoder } from "@tightwire/wire/internals/hpack/decoder.js";
import { decodeHuffman } from "@tightwire/wire/internals/hpack/huffman.js";
import { briefBytes } from "./brief.js";
import { createFaults, type Faults } from "./faults.js";
import { FrameLog } from "./frame-log.js";
import type { Input } from "./input.js";
import type { Outcome } from "./outcome.js";

/** Gives an input's bytes to one part of the engine alone. */
export function runPart({ target, seed, steps }: Input): Outcome {
  const faults = createFaults();
  const log: string[] = [];
  const chunks = steps.flatMap((step) => (step.kind === "bytes" ? [step.bytes] : []));
  try {
    if (target === "frame-reader") readFrames(chunks, log);
    else if (target === "hpack") decodeBlocks(chunks, log, faults);
    else if (target === "huffman") decodeStrings(chunks, log, faults);
    else readMessages(chunks, seed, log, faults);
  } catch (error) {
    if (error instanceof ConnectionError) log.push(`ended: ${error.code} ${error.message}`);
    else faults.note(`thrown: ${error instanceof Error ? error.stack : String(error)}`);
  }
  return { faults: faults.found, log };
}

function readFrames(chunks: readonly Buffer[], log: string[]): void {
  const reader = new FrameReader(new FrameLog(log));
  for (const chunk of chunks) {
    const borrowed = Buffer.from(chunk);
    reader.push(borrowed);
    borrowed.fill(0xee);
  }
}

/** Each chunk is a block; what stands around it must not matter. */
function decodeBlocks(chunks: readonly Buffer[], log: string[], faults: Faults): void {
  const bare = new HpackDecoder();
  const framed = new HpackDecoder();
  for (const chunk of chunks) {
    const told = tell(() => fieldsOf(bare, chunk, 0, chunk.length));
    if (tell(() => fieldsOf(framed, surround(chunk), 3, 3 + chunk.length)) !== told)
      faults.note("a block was read beyond its ends");
    log.push(told);
    if (told.startsWith("ended")) return;
  }
}

function fieldsOf(decoder: HpackDecoder, bytes: Buffer, start: number, end: number): string {
  const fields: string[] = [];
  decoder.decode(bytes, start, end, {
    field: (name, value) => void fields.push(`${name}: ${value}`),
  });
  return fields.join("\n");
}

function decodeStrings(chunks: readonly Buffer[], log: string[], faults: Faults): void {
  for (const chunk of chunks) {
    const told = tell(() => decodeHuffman(chunk, 0, chunk.length));
    if (tell(() => decodeHuffman(surround(chunk), 3, 3 + chunk.length)) !== told)
      faults.note("a string was read beyond its ends");
    // The shortest code has five bits.
    if (!told.startsWith("ended") && told.length > (chunk.length * 8) / 5)
      faults.note("a string longer than its code allows");
    log.push(told);
  }
}

function surround(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0xff, 0xff, 0xff]), bytes, Buffer.from([0xff, 0x81, 0x00])]);
}

function tell(body: () => string): string {
  try {
    return body();
  } catch (error) {
    if (error instanceof ConnectionError) return `ended: ${error.code} ${error.message}`;
    throw error;
  }
}

/**
 * Messages out of the inbox must be those that a plain reading of all bytes gives, and what it
 * holds must come back to nothing.
 */
function readMessages(
  chunks: readonly Buffer[],
  seed: number,
  log: string[],
  faults: Faults,
): void {
  const random = createRandom(seed);
  const maxMessageBytes = seed === 0 ? 4_194_304 : random.pick([100, 70_000, 4_194_304]);
  const mostHeld = seed === 0 ? 8_388_608 : random.pick([500, 100_000, 8_388_608]);
  let held = 0;
  const inbox = new Inbox({
    maxMessageBytes,
    hold(bytes) {
      if (bytes > 0 && held + bytes > mostHeld) return false;
      held += bytes;
      if (held < 0) faults.note("more bytes were let go than were held");
      return true;
    },
  });
  const messages: string[] = [];
  for (const chunk of chunks) {
    const fault = inbox.push(chunk, 0, chunk.length);
    for (let next = inbox.take(); next !== undefined; next = inbox.take())
      messages.push(`${next.compressed} ${briefBytes(next.bytes)}`);
    if (fault !== undefined) {
      log.push(`refused: ${JSON.stringify(fault)}`);
      break;
    }
  }
  const expected = plainMessages(Buffer.concat(chunks), maxMessageBytes);
  if (!expected.join("\n").startsWith(messages.join("\n")))
    faults.note("messages came out other than they went in");
  if (log.length === 0 && messages.length !== expected.length)
    faults.note(`${messages.length} messages of ${expected.length}`);
  if (log.length === 0 && inbox.waits) faults.note("messages wait that were taken");
  inbox.clear();
  if (held !== 0) faults.note(`${held} bytes are held after the end`);
  log.push(...messages);
}

function plainMessages(bytes: Buffer, maxMessageBytes: number): string[] {
  const messages: string[] = [];
  for (let at = 0; at + PREFIX_BYTES <= bytes.length; ) {
    const length = bytes.readUInt32BE(at + 1);
    const end = at + PREFIX_BYTES + length;
    if ((bytes[at] as number) > 1 || length > maxMessageBytes || end > bytes.length) break;
    messages.push(`${bytes[at] === 1} ${briefBytes(bytes.subarray(at + PREFIX_BYTES, end))}`);
    at = end;
  }
  return messages;
}
