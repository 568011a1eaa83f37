export type { GeneratedMessage, MessageCodec } from "./message-codec.js";
export { messageCodec } from "./message-codec.js";
