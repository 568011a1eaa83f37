import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { StartError } from "@tightwire/core";
import { describe, expect, test } from "vitest";
import { readDescriptorIndex } from "./descriptor-index.js";
import { FILM_FILE, fileBytes, SERVICE_FILE, writeImage } from "./image.test-support.js";

describe("the file that defines a symbol is found", () => {
  test.each([
    ["shop.v1.Film", FILM_FILE.name],
    ["shop.v1.Film.title", FILM_FILE.name],
    ["shop.v1.Film.price", FILM_FILE.name],
    ["shop.v1.Film.Cut", FILM_FILE.name],
    ["shop.v1.Film.Rating", FILM_FILE.name],
    ["shop.v1.Film.RATING_G", FILM_FILE.name],
    ["shop.v1.Kind", FILM_FILE.name],
    ["shop.v1.KIND_SHORT", FILM_FILE.name],
    ["shop.v1.Films", SERVICE_FILE.name],
    ["shop.v1.Films.GetFilm", SERVICE_FILE.name],
    ["shop.v1.note", SERVICE_FILE.name],
    ["shop.v1.Notes.inner_note", SERVICE_FILE.name],
    ["shop.v1", undefined],
    ["Film", undefined],
    ["shop.v1.Film.Rating.RATING_G", undefined],
    ["", undefined],
  ])("%s: %s", async (symbol, file) => {
    const index = await readDescriptorIndex([writeImage(FILM_FILE, SERVICE_FILE)]);
    expect(index.fileOfSymbol(symbol)).toBe(file);
  });

  test("without a package too", async () => {
    const index = await readDescriptorIndex([
      writeImage({ name: "bare.proto", messageType: [{ name: "Bare" }] }),
    ]);
    expect(index.fileOfSymbol("Bare")).toBe("bare.proto");
  });
});

test("extensions are found by their message and number, also those inside messages", async () => {
  const index = await readDescriptorIndex([writeImage(FILM_FILE, SERVICE_FILE)]);
  expect(index.fileOfExtension("shop.v1.Film", 110)).toBe(SERVICE_FILE.name);
  expect(index.fileOfExtension("shop.v1.Film", 120)).toBe(SERVICE_FILE.name);
  expect(index.fileOfExtension("shop.v1.Film", 111)).toBeUndefined();
  expect(index.fileOfExtension("shop.v1.Notes", 110)).toBeUndefined();
  expect(index.extensionNumbers("shop.v1.Film")).toEqual([110, 120]);
  expect(index.extensionNumbers("shop.v1.Notes")).toEqual([]);
  expect(index.extensionNumbers("shop.v1.Nothing")).toBeUndefined();
});

test("a file keeps the bytes of the image", async () => {
  // The package before the name, and an unknown option: decoded and encoded again, the bytes would
  // be others.
  const options = new BinaryWriter()
    .tag(50_000, WireType.LengthDelimited)
    .string("a custom option")
    .finish();
  const bytes = new BinaryWriter()
    .tag(2, WireType.LengthDelimited)
    .string("shop.v1")
    .tag(1, WireType.LengthDelimited)
    .string("custom.proto")
    .tag(8, WireType.LengthDelimited)
    .bytes(options)
    .finish();
  const index = await readDescriptorIndex([writeImage(bytes)]);
  expect(new Uint8Array(index.file("custom.proto")?.bytes ?? [])).toEqual(bytes);
});

test("a file's bytes have no comments", async () => {
  const name = new BinaryWriter()
    .tag(1, WireType.LengthDelimited)
    .string("commented.proto")
    .finish();
  const comments = new BinaryWriter()
    .tag(9, WireType.LengthDelimited)
    .bytes(new Uint8Array([0x0a, 0x00]))
    .finish();
  const syntax = new BinaryWriter().tag(12, WireType.LengthDelimited).string("proto3").finish();
  const index = await readDescriptorIndex([writeImage(Buffer.concat([name, comments, syntax]))]);
  expect(Buffer.from(index.file("commented.proto")?.bytes ?? [])).toEqual(
    Buffer.concat([name, syntax]),
  );
});

test("a file lists its imports", async () => {
  const index = await readDescriptorIndex([writeImage(FILM_FILE, SERVICE_FILE)]);
  expect(index.file("shop/v1/films.proto")?.dependencies).toEqual([FILM_FILE.name]);
  expect(index.file("shop/v1/film.proto")?.dependencies).toEqual([]);
  expect(index.file("film.proto")).toBeUndefined();
});

test("several images make one index; of a file in two images the first counts", async () => {
  const other = {
    name: "shop/v1/film.proto",
    package: "shop.v1",
    messageType: [{ name: "Other" }],
  };
  const index = await readDescriptorIndex([writeImage(FILM_FILE), writeImage(other, SERVICE_FILE)]);
  expect(index.fileOfSymbol("shop.v1.Films")).toBe(SERVICE_FILE.name);
  expect(new Uint8Array(index.file("shop/v1/film.proto")?.bytes ?? [])).toEqual(
    fileBytes(FILM_FILE),
  );
  expect(index.fileOfSymbol("shop.v1.Other")).toBeUndefined();
});

test("a missing image is named", async () => {
  const missing = new URL("file:///nowhere/image.binpb");
  await expect(readDescriptorIndex([missing])).rejects.toThrow(
    new StartError("TW_UNREADABLE_FILE", "cannot read the descriptor image /nowhere/image.binpb"),
  );
});
