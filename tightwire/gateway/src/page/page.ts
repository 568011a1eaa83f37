/** Something that the gateway has to show by itself. */
export interface Page {
  /** Default 200. */
  readonly status?: number;
  /** Headers of the answer; with an `etag`, whoever has the page already is told so. */
  readonly headers: Readonly<Record<string, string>>;
  content(): string | Buffer;
}

/**
 * Headers of all pages. They load nothing of other origins, are framed by nobody, and run no script
 * that is not a file of the gateway; styles may stand in a page, since the reference's renderer
 * writes them.
 */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": [
    "default-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self' ws: wss:",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-cache",
};
