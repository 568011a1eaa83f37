import type { RequestListener } from "node:http";
import { refuseUnknownOptions } from "@tightwire/core/runtime";
import cors from "cors";

/** Which pages of other origins may call; browsers keep all others away. */
export interface CorsOptions {
  /** Origins as browsers send them (`https://shop.example`), or `*` for all of them. */
  readonly origins: readonly string[] | "*";
  /**
   * Whether browsers may send cookies and client certificates along; not with `*`. Default false.
   */
  readonly credentials?: boolean;
  /**
   * Headers of requests that are let through beside those of the protocols, for example `x-tenant`.
   * Default none.
   */
  readonly allowHeaders?: readonly string[];
  /** For how long browsers remember what they were allowed, in seconds. Default 7,200. */
  readonly maxAgeSeconds?: number;
}

/** What gRPC-Web, Connect and REST clients in browsers send. */
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
/** What they have to read. */
const EXPOSED: readonly string[] = ["grpc-status", "grpc-message", "grpc-status-details-bin"];

/** Throws a TypeError for an option that it does not know, or credentials for everybody. */
export function checkCors(options: CorsOptions): void {
  refuseUnknownOptions("cors", options, [
    "origins",
    "credentials",
    "allowHeaders",
    "maxAgeSeconds",
  ]);
  if (options.origins !== "*" && !Array.isArray(options.origins))
    throw new TypeError('cors.origins must be a list of origins, or "*"');
  if (options.origins === "*" && options.credentials === true)
    throw new TypeError('cors.credentials cannot be given to all origins ("*")');
  for (const origin of options.origins === "*" ? [] : options.origins) {
    if (!/^https?:\/\/[^/]+$/.test(origin))
      throw new TypeError(
        `cors.origins holds ${JSON.stringify(origin)}, which is no origin such as https://shop.example`,
      );
  }
}

/**
 * Answers preflights, tells browsers what they may read, and leaves all other requests to `answer`.
 */
export function withCors(
  answer: RequestListener,
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
  return (request, response) => allow(request, response, () => answer(request, response));
}

/**
 * Whether a page may open a WebSocket, which browsers ask nobody about: of the gateway's own
 * origin, or one that is let in.
 */
export function mayOpenSocket(
  origin: string | undefined,
  host: string | undefined,
  options: CorsOptions | undefined,
): boolean {
  if (origin === undefined) return true; // no browser
  if (URL.canParse(origin) && new URL(origin).host === host) return true;
  return options !== undefined && (options.origins === "*" || options.origins.includes(origin));
}
