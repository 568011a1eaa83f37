import { type Exchange, setHeaders } from "../http/exchange.js";
import type { Page } from "./page.js";

/** Sends a page, or a 304 when the client has it already. Source: RFC 9110, section 13.1.2. */
export function sendPage(
  { status = 200, headers, content }: Page,
  { request, response }: Pick<Exchange, "request" | "response">,
): void {
  setHeaders(response, headers);
  if (matches(request.headers["if-none-match"], headers["etag"]))
    return void response.writeHead(304).end();
  const body = content();
  response.writeHead(status, { "content-length": Buffer.byteLength(body) }).end(body);
}

/** Compares tags without the prefix that proxies add when they compress. */
function matches(known: string | undefined, etag: string | undefined): boolean {
  if (known === undefined || etag === undefined) return false;
  return known.split(",").some((one) => one.trim().replace(/^W\//, "") === etag);
}
