import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Everything } from "./gen/codec/everything.js";
import { Groups } from "./gen/codec/groups.js";
import { messageCodec } from "./message-codec.js";

const CODECS = { Everything: messageCodec(Everything), Groups: messageCodec(Groups) };
const FILE = join(import.meta.dirname, "conformance-cases.txt");

interface Case {
  readonly name: string;
  readonly input: Buffer;
  /** Bytes in hex, or `refused`. */
  readonly output: string;
}

const cases = readFileSync(FILE, "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line): Case => {
    const [name = "", input = "", output = ""] = line.split(" ");
    return {
      name,
      input: Buffer.from(input.replace("-", ""), "hex"),
      output: output.replace("-", ""),
    };
  });

function write({ name, input }: Case): string {
  const codec = CODECS[name.split("/")[0] as keyof typeof CODECS];
  let message: never;
  try {
    message = codec.decode(input) as never;
  } catch (error) {
    // The codec's own error, and not what V8 says when something is undefined.
    const { name: kind } = error as Error;
    return kind === "Error" || kind === "RangeError" ? "refused" : String(error);
  }
  return Buffer.from(codec.encode(message)).toString("hex");
}

describe("what is read and what is refused", () => {
  const kinds = [...new Set(cases.map(({ name }) => name.split("/").slice(0, 2).join("/")))];

  test.each(kinds)("%s", (kind) => {
    const own = cases.filter(({ name }) => name.startsWith(`${kind}/`) || name === kind);
    expect(own.map((each) => `${each.name} ${write(each)}`)).toEqual(
      own.map(({ name, output }) => `${name} ${output}`),
    );
  });
});

test("the cases are those that the script makes", () => {
  const script = join(import.meta.dirname, "../../../scripts/conformance/make-cases.mjs");
  expect(() => execFileSync(process.execPath, [script, "--check"])).not.toThrow();
  expect(cases.length).toBeGreaterThan(1_000);
});
