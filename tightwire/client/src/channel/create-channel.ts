import { createCallLog } from "@tightwire/core";
import {
  checkWait,
  combineObservers,
  createReport,
  systemClock,
  systemRandom,
  timerMs,
} from "@tightwire/core/runtime";
import { wire } from "@tightwire/wire/client";
import { composeCalls } from "../call/interceptors.js";
import { systemLookup } from "../resolver/resolve-target.js";
import { parseTarget } from "../resolver/target.js";
import type { Channel, OpenChannel } from "./channel.js";
import { checkTransport } from "./channel-arguments.js";
import { type ChannelOptions, checkChannelOptions } from "./channel-options.js";
import { openEndpoints } from "./open-endpoints.js";
import { policiesOf } from "./policy-override.js";

const DEFAULT_CONNECT_TIMEOUT_MS = 5_000;
const DEFAULT_MAX_MESSAGE_BYTES: number = 4 * 1024 * 1024;

/**
 * Makes a channel to `target`: `dns:///host:port`, `static:///host:port,host:port`, `unix:/path` or
 * `in-process:`. It connects when the first call needs it. Throws a MisuseError for an invalid
 * target (`TW_INVALID_TARGET`) or option (`TW_UNKNOWN_OPTION`, `TW_INVALID_OPTION`).
 */
export function createChannel(target: string, options: ChannelOptions = {}): Channel {
  const parsed = parseTarget(target);
  checkChannelOptions(options);
  checkTransport(parsed, options.transport);
  const { clock = systemClock, random = systemRandom } = options;
  const withPolicy = policiesOf(options);
  const report = createReport(options.logger);
  const endpoints = openEndpoints(parsed, {
    ...options,
    clock,
    random,
    report,
    transport: options.transport ?? wire(),
    lookup: options.lookup ?? systemLookup,
    timeoutMs: timerMs(options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS),
    maxMessageBytes: options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES,
  });
  const logs = options.logger === undefined ? [] : [createCallLog(options.logger)];
  const channel: OpenChannel = {
    kind: "channel",
    target,
    settings: {
      withPolicy,
      validateRequests: options.validateRequests ?? true,
      chain: composeCalls(options.interceptors ?? [], options.attemptInterceptors ?? []),
      observer: combineObservers([...logs, ...(options.observers ?? [])], report),
      clock,
      report,
    },
    ready: endpoints.ready,
    acquire: endpoints.acquire,
    endpoints: endpoints.endpoints,
    attempts: endpoints.attempts,
    close(graceMs = 0) {
      checkWait("graceMs", graceMs);
      return endpoints.close(timerMs(graceMs));
    },
  };
  return channel;
}
