import { describe, expect, test } from "vitest";
import { Metadata } from "./metadata.js";

const bytes = new Uint8Array([0, 255]);

test("keeps values in order, repeated keys too, and finds keys in any case", () => {
  const metadata = new Metadata([
    ["X-One", "1"],
    ["two-bin", bytes],
    ["x-one", "2"],
  ]);
  expect([...metadata]).toEqual([
    ["x-one", "1"],
    ["two-bin", bytes],
    ["x-one", "2"],
  ]);
  expect(metadata.size).toBe(3);
  expect(metadata.get("X-ONE")).toBe("1");
  expect(metadata.getAll("x-One")).toEqual(["1", "2"]);
  expect(metadata.getBinary("Two-Bin")).toBe(bytes);
  expect(metadata.get("three")).toBeUndefined();
  expect(metadata.has("x-ONE")).toBe(true);
});

test("is made from an object, from pairs or from other metadata, of which it is a copy", () => {
  const one = new Metadata({ a: ["1", "2"], b: "3" });
  const other = new Metadata(one).set("a", "4");
  expect([...one]).toEqual([
    ["a", "1"],
    ["a", "2"],
    ["b", "3"],
  ]);
  expect([...other]).toEqual([
    ["b", "3"],
    ["a", "4"],
  ]);
  other.delete("B");
  expect(other.size).toBe(1);
});

describe("refuses, with the key named, and keeps what it had:", () => {
  test.each<[string, string, string | Uint8Array]>([
    ["an empty key", "", "1"],
    ["a space in a key", "a b", "1"],
    ["a key outside ASCII", "ä", "1"],
    ["a pseudo-header", ":path", "/"],
    ["a key of the protocol", "grpc-timeout", "1S"],
    ["a header of the connection", "te", "trailers"],
    ["text outside ASCII", "x", "ü"],
    ["a line break", "x", "a\r\nb: c"],
    ["a null byte", "x", "\0"],
    ["bytes under a text key", "x", bytes],
    ["text under a key for bytes", "x-bin", "1"],
  ])("%s", (_what, key, value) => {
    const metadata = new Metadata({ kept: "1" });
    expect(() => metadata.append(key, value)).toThrow(TypeError);
    expect(() => metadata.set(key, value)).toThrow(JSON.stringify(key));
    expect([...metadata]).toEqual([["kept", "1"]]);
  });

  test("a second authorization, which set replaces", () => {
    const metadata = new Metadata({ authorization: "a" });
    expect(() => metadata.append("Authorization", "b")).toThrow('"authorization" holds one value');
    expect(metadata.set("authorization", "b").getAll("authorization")).toEqual(["b"]);
  });

  test("reading bytes as text and text as bytes", () => {
    expect(() => new Metadata().get("x-bin")).toThrow("getBinary");
    expect(() => new Metadata().getBinary("x")).toThrow("ends in -bin");
  });
});
