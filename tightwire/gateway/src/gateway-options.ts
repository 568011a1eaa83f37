import type { Logger } from "@tightwire/core";
import {
  type Clock,
  checkCount,
  checkTime,
  refuseUnknownOptions,
  systemClock,
  timerMs,
} from "@tightwire/core/runtime";
import { DEFAULT_FORWARD_HEADERS } from "./http/call-options.js";
import { type CorsOptions, checkCors } from "./http/cors.js";
import type { ExchangeSettings } from "./http/exchange.js";
import type { OpenApiOptions } from "./openapi/document.js";

/** Options of a gateway; all optional. */
export interface GatewayOptions {
  /** Gets one line per request. Default: nothing is logged. */
  readonly logger?: Logger;
  /**
   * Request headers that are forwarded as metadata of calls. Default `authorization`,
   * `traceparent`, `tracestate`, `x-request-id`.
   */
  readonly forwardHeaders?: readonly string[];
  /** Keys of response metadata that become response headers. Default none. */
  readonly exposeMetadata?: readonly string[];
  /** Which pages of other origins may call. Default none. */
  readonly cors?: CorsOptions;
  /** The largest body, and the largest message of a stream, in bytes. Default 4 MiB. */
  readonly maxMessageBytes?: number;
  /**
   * How long receiving the body of a request may take, in milliseconds. Does not apply to streams
   * of messages. Default 30,000.
   */
  readonly bodyTimeoutMs?: number;
  /**
   * Whether responses contain fields without presence that have their default value (`"stock": 0`).
   * Default true.
   */
  readonly emitDefaults?: boolean;
  /** Title, version and more of the OpenAPI document. */
  readonly openApi?: OpenApiOptions;
  /**
   * Whether to serve the pages at `/` and `/reference`. The document at `/openapi.json` is always
   * served. Default true.
   */
  readonly page?: boolean;
  /** Time, for tests. Default {@link systemClock}. Node's own HTTP timeouts do not use it. */
  readonly clock?: Clock;
}

/** The options of a gateway with defaults applied. */
export interface ResolvedGatewayOptions {
  readonly logger: Logger | undefined;
  readonly cors: CorsOptions | undefined;
  readonly bodyTimeoutMs: number;
  readonly emitDefaults: boolean;
  readonly openApi: OpenApiOptions | undefined;
  readonly page: boolean;
  readonly exchange: ExchangeSettings;
}

const DEFAULT_MAX_MESSAGE_BYTES: number = 4 * 1024 * 1024;
const DEFAULT_BODY_TIMEOUT_MS = 30_000;
const OPTION_NAMES: readonly string[] = [
  "logger",
  "forwardHeaders",
  "exposeMetadata",
  "cors",
  "maxMessageBytes",
  "bodyTimeoutMs",
  "emitDefaults",
  "openApi",
  "page",
  "clock",
];

/** Checks options and applies defaults. Throws a MisuseError that names an invalid option. */
export function resolveGatewayOptions(options: GatewayOptions): ResolvedGatewayOptions {
  refuseUnknownOptions("createGateway", options, OPTION_NAMES);
  checkCount("maxMessageBytes", options.maxMessageBytes);
  checkTime("bodyTimeoutMs", options.bodyTimeoutMs);
  if (options.cors !== undefined) checkCors(options.cors);
  return {
    logger: options.logger,
    cors: options.cors,
    bodyTimeoutMs: timerMs(options.bodyTimeoutMs ?? DEFAULT_BODY_TIMEOUT_MS),
    emitDefaults: options.emitDefaults ?? true,
    openApi: options.openApi,
    page: options.page !== false,
    exchange: {
      forwardHeaders: lowerCase(options.forwardHeaders ?? DEFAULT_FORWARD_HEADERS),
      exposeMetadata: lowerCase(options.exposeMetadata ?? []),
      maxMessageBytes: options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES,
      clock: options.clock ?? systemClock,
    },
  };
}

function lowerCase(names: readonly string[]): string[] {
  return names.map((name) => name.toLowerCase());
}
