import { isIp } from "./ip-address.js";

const LABEL = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/;
const DIGITS = /^[0-9]+$/;
const MAX_LENGTH = 253;
const MAX_PORT = 65_535;

/**
 * Whether a text is a host name: labels of 1 to 63 letters, digits and hyphens, the last not of
 * digits alone, with a dot at the end or without, of 253 characters at most. Source: RFC 1034, 3.5.
 */
export function isHostname(text: string): boolean {
  if (text.length > MAX_LENGTH) return false;
  const labels = (text.endsWith(".") ? text.slice(0, -1) : text).split(".");
  return labels.every((label) => LABEL.test(label)) && !DIGITS.test(labels.at(-1) ?? "");
}

/** Whether a text is a host name or IP address with a port: `example.com:80`, `[::1]:80`. */
export function isHostAndPort(text: string): boolean {
  const colon = text.lastIndexOf(":");
  if (colon < 0 || !isPort(text.slice(colon + 1))) return false;
  const host = text.slice(0, colon);
  if (host.startsWith("[")) return host.endsWith("]") && isIp(host.slice(1, -1), 6);
  return isHostname(host) || isIp(host, 4);
}

function isPort(text: string): boolean {
  return /^(?:0|[1-9][0-9]{0,4})$/.test(text) && Number(text) <= MAX_PORT;
}
