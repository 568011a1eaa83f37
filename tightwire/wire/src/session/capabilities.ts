import type { Capabilities } from "@tightwire/core/runtime";

/** What the wire can do, on both sides. */
export const CAPABILITIES: Capabilities = {
  compressRequests: true,
  compressResponses: true,
  knowsOutcome: true,
};
