import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { HpackDecoder, TABLE_BYTES } from "./decoder.js";
import { HpackEncoder } from "./encoder.js";

/** A checkout of https://github.com/http2jp/hpack-test-case; see CONTRIBUTING.md. */
const FOLDER = process.env["HPACK_TEST_CASE"];
const LEFT_OUT = "left out: HPACK_TEST_CASE names no checkout of http2jp/hpack-test-case";

interface Case {
  readonly wire?: string;
  readonly headers: readonly Readonly<Record<string, string>>[];
  readonly header_table_size?: number | null;
}

type Field = readonly [name: string, value: string];

/** Every story, in the folders of implementations (`wire`), or in `raw-data`. */
function readStories(folder: string, raw: boolean): { name: string; cases: Case[] }[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && (entry.name === "raw-data") === raw)
    .flatMap(({ name }) =>
      readdirSync(join(folder, name))
        .filter((file) => /^story_\d+\.json$/.test(file))
        .map((file) => {
          const { cases } = JSON.parse(readFileSync(join(folder, name, file), "utf8")) as {
            cases: Case[];
          };
          return { name: `${name}/${file}`, cases };
        }),
    );
}

function decode(decoder: HpackDecoder, block: Buffer): Field[] {
  const fields: Field[] = [];
  decoder.decode(block, 0, block.length, {
    field: (name, value) => void fields.push([name, value]),
  });
  return fields;
}

/** Text as the decoder gives it: a byte a character. */
function fieldsOf({ headers }: Case): Field[] {
  const bytes = (text: string): string => Buffer.from(text).toString("latin1");
  return headers.flatMap((field) =>
    Object.entries(field).map(([name, value]): Field => [bytes(name), bytes(value)]),
  );
}

test.skipIf(FOLDER === undefined)(
  FOLDER === undefined
    ? `blocks of other implementations are decoded (${LEFT_OUT})`
    : "blocks of other implementations are decoded",
  () => {
    const stories = readStories(FOLDER as string, false);
    expect(stories.length).toBeGreaterThan(400);
    for (const { name, cases } of stories) {
      // What was announced never falls on our connections: the largest stands for all.
      const announced = cases.map((one) => one.header_table_size ?? 0);
      const decoder = new HpackDecoder(Math.max(TABLE_BYTES, ...announced));
      for (const [at, one] of cases.entries())
        expect(decode(decoder, Buffer.from(one.wire as string, "hex")), `${name}, ${at}`).toEqual(
          fieldsOf(one),
        );
    }
  },
  60_000,
);

test.skipIf(FOLDER === undefined)(
  FOLDER === undefined
    ? `our own blocks of its header lists are decoded (${LEFT_OUT})`
    : "our own blocks of its header lists are decoded",
  () => {
    const stories = readStories(FOLDER as string, true);
    expect(stories.length).toBeGreaterThan(30);
    for (const kind of ["repeated", "literal", "secret"] as const) {
      for (const { name, cases } of stories) {
        const encoder = new HpackEncoder();
        const decoder = new HpackDecoder();
        for (const [at, one] of cases.entries()) {
          encoder.out = Buffer.alloc(100_000);
          encoder.at = 0;
          encoder.begin();
          for (const field of fieldsOf(one)) encoder[kind](...field);
          const block = encoder.out.subarray(0, encoder.at);
          expect(decode(decoder, block), `${name}, ${at}`).toEqual(fieldsOf(one));
        }
      }
    }
  },
  60_000,
);
