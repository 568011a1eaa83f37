/** The version of an IP address; 0 for either. */
export type IpVersion = 0 | 4 | 6;

const DECIMAL = /^(?:0|[1-9][0-9]{0,2})$/;
const HEXADECIMAL = /^[0-9a-fA-F]{1,4}$/;
const DOTTED = /[0-9.]+$/;
/** The longest address: six groups, and the last 32 bits in dotted decimals. */
const MAX_LENGTH = 45;
const BITS_PER_GROUP = 16n;
const GROUPS = 8;

/**
 * Whether a text is an IP address: IPv4 in dotted decimals, IPv6 with a zone (`fe80::1%eth0`) or
 * without. Source: RFC 4291, 2.2; RFC 4007, 11.
 */
export function isIp(text: string, version: IpVersion = 0): boolean {
  if (version !== 6 && parseIpv4(text) !== undefined) return true;
  if (version === 4) return false;
  const percent = text.indexOf("%");
  if (percent < 0) return parseIpv6(text) !== undefined;
  const address = text.slice(0, percent);
  return percent < text.length - 1 && !address.includes(".") && parseIpv6(address) !== undefined;
}

/**
 * Whether a text is an IP address and the length of its prefix (`192.168.5.21/16`). `strict`: the
 * bits after the prefix must be zero. Source: RFC 4291, 2.3; RFC 4632, 3.1.
 */
export function isIpPrefix(text: string, version: IpVersion, strict: boolean): boolean {
  return (
    (version !== 6 && isPrefix(text, parseIpv4, 32, strict)) ||
    (version !== 4 && isPrefix(text, parseIpv6, 128, strict))
  );
}

function isPrefix(
  text: string,
  parse: (address: string) => bigint | undefined,
  bits: number,
  strict: boolean,
): boolean {
  const slash = text.indexOf("/");
  if (slash < 0) return false;
  const length = text.slice(slash + 1);
  const address = parse(text.slice(0, slash));
  if (address === undefined || !DECIMAL.test(length) || Number(length) > bits) return false;
  return !strict || BigInt.asUintN(bits - Number(length), address) === 0n;
}

/** The 32 bits of an address in dotted decimals. */
function parseIpv4(text: string): bigint | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let bits = 0n;
  for (const part of parts) {
    if (!DECIMAL.test(part) || Number(part) > 255) return undefined;
    bits = (bits << 8n) | BigInt(part);
  }
  return bits;
}

/** The 128 bits of an address without a zone. */
function parseIpv6(text: string): bigint | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const plain = withoutDotted(text);
  if (plain === undefined) return undefined;
  const [head = "", tail, ...more] = plain.split("::");
  if (more.length > 0) return undefined;
  const before = groupsOf(head);
  const after = groupsOf(tail ?? "");
  if (before === undefined || after === undefined) return undefined;
  const missing = GROUPS - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...before, ...Array<bigint>(missing).fill(0n), ...after].reduce(
    (bits, group) => (bits << BITS_PER_GROUP) | group,
    0n,
  );
}

/** Writes the last 32 bits in hexadecimal, when they are in dotted decimals. */
function withoutDotted(text: string): string | undefined {
  if (!text.includes(".")) return text;
  const dotted = DOTTED.exec(text)?.[0] ?? "";
  const bits = parseIpv4(dotted);
  const head = text.slice(0, text.length - dotted.length);
  if (bits === undefined || !head.endsWith(":")) return undefined;
  return `${head}${(bits >> BITS_PER_GROUP).toString(16)}:${(bits & 0xffffn).toString(16)}`;
}

function groupsOf(text: string): bigint[] | undefined {
  if (text === "") return [];
  const groups = text.split(":");
  return groups.every((group) => HEXADECIMAL.test(group))
    ? groups.map((group) => BigInt(`0x${group}`))
    : undefined;
}
