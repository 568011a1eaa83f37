import type { IncomingMessage } from "node:http";

/**
 * The path and query of a request. The target may start with a host when it is the host that the
 * headers name. This is stricter than RFC 9112, section 3.2.2, which ignores the header then.
 */
export function targetOf({ url = "/", headers }: IncomingMessage): string {
  if (url.startsWith("/")) return url;
  const [, host, path] = /^https?:\/\/([^/?#]+)\/?(.*)$/i.exec(url) ?? [];
  return host !== undefined && host.toLowerCase() === headers.host?.toLowerCase()
    ? `/${path}`
    : url;
}

/** A target without its query. */
export function pathOf(target: string): string {
  const query = target.indexOf("?");
  return query === -1 ? target : target.slice(0, query);
}
