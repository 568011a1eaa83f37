import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { FieldDescriptorProto_Type, FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { onTestFinished } from "vitest";

type File = MessageInitShape<typeof FileDescriptorProtoSchema>;

const extension = (name: string, number: number) => ({
  name,
  number,
  extendee: ".shop.v1.Film",
  type: FieldDescriptorProto_Type.STRING,
});

/** Defines the messages that {@link SERVICE_FILE} uses. */
export const FILM_FILE: File = {
  name: "shop/v1/film.proto",
  package: "shop.v1",
  messageType: [
    {
      name: "Film",
      field: [{ name: "title", number: 1 }],
      oneofDecl: [{ name: "price" }],
      extensionRange: [{ start: 100, end: 200 }],
      nestedType: [{ name: "Cut" }],
      enumType: [{ name: "Rating", value: [{ name: "RATING_G", number: 0 }] }],
    },
  ],
  enumType: [{ name: "Kind", value: [{ name: "KIND_SHORT", number: 0 }] }],
};

/** A service, and two extensions of a message of another file. */
export const SERVICE_FILE: File = {
  name: "shop/v1/films.proto",
  package: "shop.v1",
  dependency: ["shop/v1/film.proto"],
  service: [{ name: "Films", method: [{ name: "GetFilm" }] }],
  messageType: [{ name: "Notes", extension: [extension("inner_note", 120)] }],
  extension: [extension("note", 110)],
};

/** The bytes of a file in an image. */
export function fileBytes(file: File): Uint8Array {
  return toBinary(FileDescriptorProtoSchema, create(FileDescriptorProtoSchema, file));
}

/**
 * Writes an image of files, or of their bytes, as `buf build` would. It is removed after the test.
 */
export function writeImage(...files: (File | Uint8Array)[]): URL {
  const folder = mkdtempSync(join(tmpdir(), "tightwire-image-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "image.binpb");
  const image = new BinaryWriter();
  for (const file of files)
    image
      .tag(1, WireType.LengthDelimited)
      .bytes(file instanceof Uint8Array ? file : fileBytes(file));
  writeFileSync(path, image.finish());
  return pathToFileURL(path);
}
