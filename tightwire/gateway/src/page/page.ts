/** A page of the gateway itself. */
export interface Page {
  /** Default 200. */
  readonly status?: number;
  /** Headers of the response. With an `etag`, a client that has the page gets a 304. */
  readonly headers: Readonly<Record<string, string>>;
  content(): string | Buffer;
}

/**
 * Headers of all pages. Pages load nothing from other origins, cannot be framed, and run only
 * scripts that are files of the gateway. Inline styles are allowed, because the reference's
 * renderer writes them.
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
