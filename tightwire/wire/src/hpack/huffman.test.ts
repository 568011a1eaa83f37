import { describe, expect, test } from "vitest";
import { decodeHuffman } from "./huffman.js";

function decode(hex: string): string {
  const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
  return decodeHuffman(bytes, 0, bytes.length);
}

describe("5. Huffman code", () => {
  test("5. reads what the RFC writes", () => {
    expect(decode("f1e3 c2e5 f23a 6ba0 ab90 f4ff")).toBe("www.example.com");
    expect(decode("")).toBe("");
    expect(decode("ffc7")).toBe("\0"); // thirteen bits and three of padding
  });

  test("5. the end-of-string code inside a string is an error, whole or behind bytes", () => {
    expect(() => decode("ffffffff")).toThrow("end-of-string");
    expect(() => decode("1fffffffff")).toThrow("end-of-string");
    expect(() => decode("fffffffc")).toThrow("end-of-string");
  });

  test("5. padding of eight bits or more is an error", () => {
    expect(decode("1f")).toBe("a");
    expect(() => decode("1fff")).toThrow("padding");
    expect(() => decode("ff")).toThrow("padding");
  });

  test("5. padding that is not all ones is an error", () => {
    for (const hex of ["18", "1e", "1b", "f1e3 c2e5 f23a 6ba0 ab90 f4fe"])
      expect(() => decode(hex), hex).toThrow("padding");
  });

  test("5. the output is at most eight fifths of the input", () => {
    expect(decode("00".repeat(100_000))).toBe("0".repeat(160_000));
  });
});
