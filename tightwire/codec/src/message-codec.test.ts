import { BinaryReader as StockReader } from "@bufbuild/protobuf/wire";
import { expect, test } from "vitest";
import { type GeneratedMessage, messageCodec } from "./message-codec.js";
import { BinaryReader, BinaryWriter, WireType } from "./wire.js";

interface Note {
  text: string;
  image: Uint8Array;
}

/** As ts-proto writes it, for a string 1 and bytes 2. */
const Note = {
  encode(note: Note, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
    if (note.text !== "") writer.tag(1, WireType.LengthDelimited).string(note.text);
    if (note.image.length > 0) writer.tag(2, WireType.LengthDelimited).bytes(note.image);
    return writer;
  },
  decode(input: BinaryReader | Uint8Array): Note {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const note: Note = { text: "", image: new Uint8Array() };
    while (reader.pos < reader.len) {
      const [field, wireType] = reader.tag();
      if (field === 1) note.text = reader.string();
      else if (field === 2) note.image = reader.bytes();
      else reader.skip(wireType);
    }
    return note;
  },
  fromPartial: (partial: Partial<Note>): Note => ({
    text: "",
    image: new Uint8Array(),
    ...partial,
  }),
} satisfies GeneratedMessage<Note, Partial<Note>>;

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

test("refuses a message whose code reads with another reader, and says what to do", () => {
  const decode = (input: StockReader | Uint8Array): Note => {
    const reader = input instanceof StockReader ? input : new StockReader(input);
    return { text: "", image: reader.bytes() };
  };
  expect(() => messageCodec({ ...Note, decode })).toThrow(/protoc-gen-ts_proto-codec/);
});

test("one message's bytes stay as they are while the next ones are written", () => {
  const first = codec.encode(note);
  const second = codec.encode({ ...note, text: "another one" });
  expect([codec.decode(first).text, codec.decode(second).text]).toEqual(["Amélie", "another one"]);
});
