// What `@bufbuild/protobuf/wire` gives to the code of ts-proto, under the same names.
export { BinaryReader } from "./wire/reader.js";
export { WireType } from "./wire/wire-type.js";
export { BinaryWriter } from "./wire/writer.js";
