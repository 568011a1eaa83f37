import type { CallOptions, MethodDefinition } from "@tightwire/core";
import { type Completion, DEFAULT_IDLE_TIMEOUT_MS } from "@tightwire/core/runtime";
import type { OpenChannel } from "../channel/channel.js";
import { ClientCall } from "./client-call.js";
import type { StreamCall } from "./run.js";
import { StreamActivity } from "./stream-activity.js";
import { StreamRun } from "./stream-run.js";

/** Makes a streaming call, which nothing is sent of before it starts. */
export function createStreamCall(
  method: MethodDefinition,
  channel: OpenChannel,
  request: unknown,
  options: CallOptions,
): StreamCall {
  const call = new ClientCall(method, channel, request, options);
  const idleMs = options.idleTimeoutMs ?? method.policy.idleTimeoutMs ?? DEFAULT_IDLE_TIMEOUT_MS;
  call.stream = new StreamActivity(call, channel.settings.clock, idleMs);
  return call as StreamCall;
}

/** Makes a streaming call without interceptors: its one run decides how it finishes. */
export function runStream(call: StreamCall): StreamRun {
  const run = new StreamRun(call, true);
  if (call.start(undefined)) run.start();
  else run.finish(call.completion as Completion);
  return run;
}
