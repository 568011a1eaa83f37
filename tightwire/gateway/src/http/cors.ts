import type { RequestListener } from "node:http";
import { MisuseError } from "@tightwire/core";
import { refuseUnknownOptions } from "@tightwire/core/runtime";
import cors from "cors";

/** Which pages of other origins may call. Browsers block all others. */
export interface CorsOptions {
  /** Origins as browsers send them (`https://shop.example`), or `*` for all. */
  readonly origins: readonly string[] | "*";
  /**
   * Whether browsers may send cookies and client certificates. Not allowed with origins `*`.
   * Default false.
   */
  readonly credentials?: boolean;
  /**
   * Request headers that pages may send besides those of the protocols, for example `x-tenant`.
   * Default none.
   */
  readonly allowHeaders?: readonly string[];
  /** How long browsers cache a preflight response, in seconds. Default 7,200. */
  readonly maxAgeSeconds?: number;
}

/** The request headers of gRPC-Web, Connect and REST clients in browsers. */
const ALLOWED: readonly string[] = [
  "accept",
  "authorization",
  "content-type",
  "connect-protocol-version",
  "connect-timeout-ms",
  "grpc-timeout",
  "traceparent",
  "tracestate",
  "x-grpc-web",
  "x-request-id",
  "x-user-agent",
];
/** The response headers that they must be able to read. */
const EXPOSED: readonly string[] = ["grpc-status", "grpc-message", "grpc-status-details-bin"];

/** Throws a MisuseError for unknown or invalid options, and for credentials with origins `*`. */
export function checkCors(options: CorsOptions): void {
  refuseUnknownOptions("cors", options, [
    "origins",
    "credentials",
    "allowHeaders",
    "maxAgeSeconds",
  ]);
  if (options.origins !== "*" && !Array.isArray(options.origins))
    throw new MisuseError("TW_INVALID_OPTION", 'cors.origins must be a list of origins or "*"');
  if (options.origins === "*" && options.credentials === true)
    throw new MisuseError(
      "TW_INVALID_OPTION",
      'cors.credentials must be false when cors.origins is "*"; list the origins instead',
    );
  for (const origin of options.origins === "*" ? [] : options.origins) {
    if (!/^https?:\/\/[^/]+$/.test(origin))
      throw new MisuseError(
        "TW_INVALID_OPTION",
        `each of cors.origins must be an origin like https://shop.example (got ${JSON.stringify(origin)})`,
      );
  }
}

/**
 * Responds to preflight requests, adds the CORS headers to all other responses, and passes those
 * requests to `handle`.
 */
export function withCors(
  handle: RequestListener,
  options: CorsOptions,
  exposeMetadata: readonly string[],
): RequestListener {
  const allow = cors({
    origin: options.origins === "*" ? "*" : [...options.origins],
    credentials: options.credentials ?? false,
    methods: ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"],
    allowedHeaders: [...ALLOWED, ...(options.allowHeaders ?? [])],
    exposedHeaders: [...EXPOSED, ...exposeMetadata],
    maxAge: options.maxAgeSeconds ?? 7_200,
  });
  return (request, response) => allow(request, response, () => handle(request, response));
}

/**
 * Whether a page may open a WebSocket: a page of the gateway's own origin, or of an allowed one.
 * Browsers send no preflight request for it.
 */
export function mayOpenSocket(
  origin: string | undefined,
  host: string | undefined,
  options: CorsOptions | undefined,
): boolean {
  if (origin === undefined) return true; // not a browser
  if (URL.canParse(origin) && new URL(origin).host === host) return true;
  return options !== undefined && (options.origins === "*" || options.origins.includes(origin));
}
