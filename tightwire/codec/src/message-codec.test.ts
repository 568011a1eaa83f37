import { type BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { expect, test } from "vitest";
import { type GeneratedMessage, messageCodec } from "./message-codec.js";

interface Note {
  text: string;
  image: Uint8Array;
}

/** As ts-proto writes it, for a string 1 and bytes 2. */
const Note: GeneratedMessage<Note> = {
  encode(note) {
    const writer = new BinaryWriter();
    if (note.text !== "") writer.tag(1, WireType.LengthDelimited).string(note.text);
    if (note.image.length > 0) writer.tag(2, WireType.LengthDelimited).bytes(note.image);
    return writer;
  },
  decode(input) {
    const reader = input as BinaryReader;
    const note: Note = { text: "", image: new Uint8Array() };
    while (reader.pos < reader.len) {
      const [field, wireType] = reader.tag();
      if (field === 1) note.text = reader.string();
      else if (field === 2) note.image = reader.bytes();
      else reader.skip(wireType);
    }
    return note;
  },
  fromPartial: (partial: Partial<Note>) => ({ text: "", image: new Uint8Array(), ...partial }),
};

const codec = messageCodec(Note);
const note: Note = { text: "Amélie", image: new Uint8Array([1, 2, 3]) };

test("reads what it wrote", () => {
  expect(codec.decode(codec.encode(note))).toEqual(note);
  expect(codec.decode(new Uint8Array())).toEqual({ text: "", image: new Uint8Array() });
});

test("completes a message that is given in part", () => {
  expect(codec.create({ text: "Clue" })).toEqual({ text: "Clue", image: new Uint8Array() });
});

test("keeps no view of the bytes that it reads", () => {
  const bytes = codec.encode(note);
  const read = codec.decode(bytes);
  bytes.fill(0xff);
  expect(read).toEqual(note);
});

test("reads a part of a larger buffer", () => {
  const bytes = codec.encode(note);
  const larger = new Uint8Array(bytes.length + 20).fill(0xff);
  larger.set(bytes, 10);
  expect(codec.decode(larger.subarray(10, 10 + bytes.length))).toEqual(note);
});

test("refuses text that is not UTF-8, and bytes that are no such message", () => {
  expect(() => codec.decode(new Uint8Array([0x0a, 2, 0xff, 0xfe]))).toThrow(Error);
  expect(() => codec.decode(new Uint8Array([0x0a, 5, 0x61]))).toThrow(Error);
  expect(() => codec.decode(codec.encode(note).subarray(0, -1))).toThrow(Error);
});
