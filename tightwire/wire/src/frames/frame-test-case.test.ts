import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ConnectionError } from "./connection-error.js";
import type { FrameHandler } from "./frame.js";
import { FrameReader } from "./frame-reader.js";
import {
  writeGoaway,
  writePing,
  writeReset,
  writeSettings,
  writeWindowUpdate,
} from "./frame-writer.js";
import { rawFrame } from "./raw-frame.test-support.js";

/** A checkout of https://github.com/http2jp/http2-frame-test-case; see CONTRIBUTING.md. */
const FOLDER = process.env["HTTP2_FRAME_TEST_CASE"];
const LEFT_OUT =
  "left out: HTTP2_FRAME_TEST_CASE names no checkout of http2jp/http2-frame-test-case";

/** What of the suite no endpoint of ours takes: its error, by the file. */
const REFUSED: Readonly<Record<string, number>> = { "push_promise/normal.json": 1 };

interface Case {
  readonly error: readonly number[] | null;
  readonly wire: string;
  readonly frame: {
    readonly type: number;
    readonly flags: number;
    readonly stream_identifier: number;
    readonly frame_payload: Readonly<Record<string, unknown>>;
  } | null;
}

function readCases(): [name: string, one: Case][] {
  if (FOLDER === undefined) return [];
  return readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .map((name) => [name, JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as Case]);
}

const HEADERS = 1;
const PRIORITY = 2;
const CONTINUATION = 9;

/** What a frame says, by the names of the suite; or the error code that it is refused with. */
function read(wire: Buffer): unknown {
  let heard: unknown;
  const text = (bytes: Buffer, start: number, end: number) => bytes.toString("utf8", start, end);
  function hear(one: unknown): void {
    heard = one;
  }
  const block = (_id: number, _flags: number, bytes: Buffer, start: number, end: number): void =>
    hear({ header_block_fragment: text(bytes, start, end) });
  const handler: FrameHandler = {
    closed: false,
    data: (_id, bytes, start, end) => hear({ data: text(bytes, start, end) }),
    headers: block,
    continuation: block,
    reset: (_id, error_code) => hear({ error_code }),
    settings(bytes, start, end) {
      const settings: number[][] = [];
      for (let at = start; at < end; at += 6)
        settings.push([bytes.readUInt16BE(at), bytes.readUInt32BE(at + 2)]);
      hear({ settings });
    },
    settingsAcknowledged() {},
    ping: (bytes, start) => hear({ opaque_data: text(bytes, start, start + 8) }),
    goaway: (last_stream_id, error_code, additional_debug_data) =>
      hear({ last_stream_id, error_code, additional_debug_data }),
    windowUpdate: (_id, window_size_increment) => hear({ window_size_increment }),
    streamFault: (_id, code) => hear(code),
  };
  const reader = new FrameReader(handler);
  try {
    reader.push(rawFrame(4, 0, 0, Buffer.alloc(0)));
    // A CONTINUATION comes behind its HEADERS only.
    if (wire[3] === CONTINUATION)
      reader.push(rawFrame(HEADERS, 0, wire.readUInt32BE(5), Buffer.alloc(0)));
    heard = undefined;
    reader.push(wire);
    return heard;
  } catch (error) {
    if (error instanceof ConnectionError) return error.code;
    throw error;
  }
}

/** The frame as we write it; undefined for what we never write so (padding, priorities). */
function write({
  stream_identifier: id,
  frame_payload: payload,
  type,
}: NonNullable<Case["frame"]>) {
  const out = { buffer: Buffer.alloc(1_000), at: 0, reserve() {} };
  const number = (name: string): number => payload[name] as number;
  if (type === 3) writeReset(out, id, number("error_code"));
  else if (type === 4) writeSettings(out, payload["settings"] as [number, number][]);
  else if (type === 6) writePing(out, Buffer.from(payload["opaque_data"] as string), 0, false);
  else if (type === 7)
    writeGoaway(
      out,
      number("last_stream_id"),
      number("error_code"),
      payload["additional_debug_data"] as string,
    );
  else if (type === 8) writeWindowUpdate(out, id, number("window_size_increment"));
  else return undefined;
  return out.buffer.subarray(0, out.at);
}

describe("http2-frame-test-case", () => {
  const cases = readCases();
  if (FOLDER === undefined) test.skip(`frames are read and written as others do (${LEFT_OUT})`);
  else
    test("has cases", () => {
      expect(cases.length).toBeGreaterThan(30);
    });

  test.each(cases)("%s", (name, { error, frame, wire }) => {
    const bytes = Buffer.from(wire, "hex");
    const heard = read(bytes);
    if (name in REFUSED) return expect(heard).toBe(REFUSED[name]);
    if (error !== null) {
      // Whether 0 is an increment is decided by who knows the stream: section 6.9.
      const refused = (heard as { window_size_increment?: number }).window_size_increment === 0;
      return expect(error).toContain(refused ? 1 : heard);
    }
    // Of PRIORITY nothing is heard: it is ignored.
    if (frame?.type === PRIORITY) return expect(heard).toBeUndefined();
    expect(frame?.frame_payload).toMatchObject(heard as object);
    const written = frame === null ? undefined : write(frame);
    if (written !== undefined) expect(written).toEqual(bytes);
  });
});
