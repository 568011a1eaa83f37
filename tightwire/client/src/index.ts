export type { Channel, ChannelOptions } from "./channel.js";
export { createChannel } from "./channel.js";
export { createClient } from "./client.js";
