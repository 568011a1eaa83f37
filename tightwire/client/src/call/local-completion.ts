import type { Completion, Status } from "@tightwire/core/runtime";

/** How a call finishes that this side finishes before a peer processed it. */
export function localCompletion({ code, message }: Status): Completion {
  return {
    code,
    message,
    headers: undefined,
    trailers: undefined,
    outcome: "not-processed",
    origin: "local",
  };
}
