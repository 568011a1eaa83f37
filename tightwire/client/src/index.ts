export type { Channel } from "./channel/channel.js";
export type { ChannelOptions } from "./channel/channel-options.js";
export { createChannel } from "./channel/create-channel.js";
export type { MethodPolicy, PolicyOverride } from "./channel/policy-override.js";
export { overridePolicies } from "./channel/policy-override.js";
export { createClient } from "./client.js";
export type { HostAddress, Lookup } from "./resolver/resolve-target.js";
