import type { Endpoint } from "@tightwire/core/runtime";
import { joinHostPort, type Target } from "./target.js";

/**
 * Finds the endpoints of a target in the order in which to try them: the addresses that the target
 * lists, or all addresses of a name, in the order of the system's resolver with IPv6 and IPv4
 * taking turns. Rejects with the resolver's Error, which names the host, when the name has no
 * address.
 */
export async function resolveTarget(target: Target, lookup: Lookup): Promise<readonly Endpoint[]> {
  if (target.scheme === "static") return target.endpoints;
  if (target.scheme === "in-process") return [{ address: "in-process", authority: "in-process" }];
  const authority = joinHostPort(target.host, target.port);
  return interleaveFamilies(await lookup(target.host)).map(({ address }) => ({
    address: joinHostPort(address, target.port),
    authority,
  }));
}

/** An address of a host: `10.0.0.1` of family 4, or `::1` of family 6. */
export interface HostAddress {
  readonly address: string;
  readonly family: number;
}

/** Looks up the addresses of a host, in order; rejects with an Error when there are none. */
export type Lookup = (host: string) => Promise<readonly HostAddress[]>;

/** The system's resolver. Loaded on first use, so that importing the client stays fast. */
export const systemLookup: Lookup = async (host) => {
  const { lookup } = await import("node:dns/promises");
  return lookup(host, { all: true, verbatim: false });
};

/**
 * Has the families take turns, the family of the first address first, so that one that leads
 * nowhere costs one stagger. Source: RFC 8305, section 4.
 */
function interleaveFamilies(addresses: readonly HostAddress[]): readonly HostAddress[] {
  const first = addresses.filter(({ family }) => family === addresses[0]?.family);
  const second = addresses.filter(({ family }) => family !== addresses[0]?.family);
  const turns = Array.from({ length: Math.max(first.length, second.length) }, (_, turn) => turn);
  return turns.flatMap((turn) => [...first.slice(turn, turn + 1), ...second.slice(turn, turn + 1)]);
}
