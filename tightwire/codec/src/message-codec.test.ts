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

const picture = (size: number, fill: number): Note => ({
  text: "Amélie",
  image: new Uint8Array(size).fill(fill),
});

/** The size of a picture, and what fills it; the second is undefined when it is not one thing. */
function pictureOf(bytes: Uint8Array): [size: number, fill: number | undefined] {
  const { image } = codec.decode(bytes);
  const [fill] = image;
  return [image.length, image.every((byte) => byte === fill) ? fill : undefined];
}

test("large bytes that were lent and given back are memory for a later message, once", () => {
  for (const size of [20_000, 70_000, 200_000]) {
    codec.encode(picture(size, 0), true); // from here on it knows how long they are
    const first = codec.encode(picture(size, 1), true);
    const kept = codec.encode(picture(size, 2), true);
    codec.giveBack(first);
    codec.giveBack(first);
    const next = codec.encode(picture(size, 3), true);
    const another = codec.encode(picture(size, 4), true);
    expect(next.buffer).toBe(first.buffer);
    expect([kept, next, another].map(pictureOf)).toEqual([2, 3, 4].map((fill) => [size, fill]));
  }
});

test("lent messages that are larger or smaller than the one before are whole", () => {
  const sizes = [300_000, 10, 16_400, 16_300, 700_000, 33_000, 5, 1_000_000, 270_000, 65_536];
  for (let round = 0; round < 3; round++) {
    const all = sizes.map((size, fill) => codec.encode(picture(size, fill), true));
    expect(all.map(pictureOf)).toEqual(sizes.map((size, fill) => [size, fill]));
    for (const bytes of all) codec.giveBack(bytes);
  }
});

test("bytes that were not lent can be given back without harm", () => {
  const large = codec.encode(picture(100_000, 1));
  const small = codec.encode(note, true);
  codec.giveBack(large);
  codec.giveBack(small);
  codec.giveBack(large.subarray(5));
  codec.encode(picture(100_000, 2), true);
  codec.encode(picture(100_000, 3));
  codec.encode(picture(10, 4), true);
  expect(pictureOf(large)).toEqual([100_000, 1]);
  expect(codec.decode(small)).toEqual(note);
});

test("a lent message that fails half way leaves nothing behind", () => {
  const large = codec.encode(picture(100_000, 1), true);
  const broken = {
    text: "x".repeat(20_000),
    get image(): Uint8Array {
      throw new Error("boom");
    },
  };
  expect(() => codec.encode(broken, true)).toThrow("boom");
  codec.encode(picture(100_000, 2), true);
  expect(pictureOf(large)).toEqual([100_000, 1]);
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
