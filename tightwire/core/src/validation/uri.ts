import { isIp } from "./ip-address.js";

// RFC 3986, appendix A. Each pattern is one character class or an escape, repeated, so that none
// can backtrack far.
const PARTS = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;
const SCHEME = /^[a-zA-Z][a-zA-Z0-9+.-]*$/;
const USERINFO = /^(?:[a-zA-Z0-9._~!$&'()*+,;=:-]|%[0-9a-fA-F]{2})*$/;
const REG_NAME = /^(?:[a-zA-Z0-9._~!$&'()*+,;=-]|%[0-9a-fA-F]{2})*$/;
const PATH = /^(?:[a-zA-Z0-9._~!$&'()*+,;=:@/-]|%[0-9a-fA-F]{2})*$/;
const QUERY = /^(?:[a-zA-Z0-9._~!$&'()*+,;=:@/?-]|%[0-9a-fA-F]{2})*$/;
const ZONE = /^(?:[a-zA-Z0-9._~-]|%[0-9a-fA-F]{2})+$/;
const FUTURE = /^v[0-9a-fA-F]+\.[a-zA-Z0-9._~!$&'()*+,;=:-]+$/;
const PORT = /^[0-9]*$/;

/** Whether a text is a URI. Source: RFC 3986; RFC 6874 for zones of IPv6 addresses. */
export function isUri(text: string): boolean {
  return schemeOf(text) !== undefined && isUriReference(text);
}

/** Whether a text is a URI or a relative reference. Source: RFC 3986, 4.1. */
export function isUriReference(text: string): boolean {
  const match = PARTS.exec(text);
  if (match === null) return false;
  const [, scheme, authority, path = "", query = "", fragment = ""] = match;
  if (scheme !== undefined && !SCHEME.test(scheme)) return false;
  if (authority !== undefined && !isAuthority(authority)) return false;
  // Without an authority, `//` would be read as one; without a scheme, a colon as its end.
  if (authority === undefined && path.startsWith("//")) return false;
  if (scheme === undefined && authority === undefined && path.startsWith(":")) return false;
  return PATH.test(path) && QUERY.test(query) && QUERY.test(fragment);
}

function schemeOf(text: string): string | undefined {
  return PARTS.exec(text)?.[1];
}

function isAuthority(text: string): boolean {
  const at = text.lastIndexOf("@");
  if (at >= 0 && !USERINFO.test(text.slice(0, at))) return false;
  const place = text.slice(at + 1);
  const bracket = place.lastIndexOf("]");
  const colon = place.indexOf(":", place.startsWith("[") ? bracket : 0);
  const host = colon < 0 ? place : place.slice(0, colon);
  return isHost(host) && PORT.test(colon < 0 ? "" : place.slice(colon + 1));
}

function isHost(host: string): boolean {
  if (!host.startsWith("[")) return REG_NAME.test(host) && isUtf8(host);
  if (!host.endsWith("]")) return false;
  const literal = host.slice(1, -1);
  const zone = literal.indexOf("%");
  if (zone < 0) return isIp(literal, 6) || FUTURE.test(literal);
  return (
    isIp(literal.slice(0, zone), 6) &&
    literal.startsWith("%25", zone) &&
    ZONE.test(literal.slice(zone + 3)) &&
    isUtf8(literal.slice(zone + 3))
  );
}

/** Whether its escapes are UTF-8, as RFC 3986, 3.2.2 wants of a host. */
function isUtf8(host: string): boolean {
  try {
    decodeURIComponent(host);
    return true;
  } catch {
    return false;
  }
}
