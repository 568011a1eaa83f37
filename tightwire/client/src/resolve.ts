import type { Endpoint } from "@tightwire/core/runtime";
import { joinHostPort, type Target } from "./target.js";

/**
 * The endpoints behind a target, in the order to try them; every address that the name has. Rejects
 * with an Error that names the host when it has none.
 */
export async function resolveTarget(target: Target): Promise<readonly Endpoint[]> {
  if (target.scheme === "static") return target.endpoints;
  if (target.scheme === "in-process") return [{ address: "in-process", authority: "in-process" }];
  const authority = joinHostPort(target.host, target.port);
  // Loaded when first used, as importing the client is to be quick.
  const { lookup } = await import("node:dns/promises");
  const addresses = await lookup(target.host, { all: true, verbatim: false });
  return addresses.map(({ address }) => ({
    address: joinHostPort(address, target.port),
    authority,
  }));
}
