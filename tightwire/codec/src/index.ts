export type { GeneratedMessage } from "./message-codec.js";
export { messageCodec } from "./message-codec.js";
export { MessageReader } from "./reader.js";
