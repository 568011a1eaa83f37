import type { Endpoint } from "@tightwire/core/runtime";
import { joinHostPort, type Target } from "./target.js";

/**
 * Finds the endpoints of a target: all addresses of a name, in the order of the system's resolver,
 * or the addresses that the target lists. Rejects with the resolver's Error, which names the host,
 * when the name has no address.
 */
export async function resolveTarget(target: Target): Promise<readonly Endpoint[]> {
  if (target.scheme === "static") return target.endpoints;
  if (target.scheme === "in-process") return [{ address: "in-process", authority: "in-process" }];
  const authority = joinHostPort(target.host, target.port);
  // Loaded on first use, so that importing the client stays fast.
  const { lookup } = await import("node:dns/promises");
  const addresses = await lookup(target.host, { all: true, verbatim: false });
  return addresses.map(({ address }) => ({
    address: joinHostPort(address, target.port),
    authority,
  }));
}
