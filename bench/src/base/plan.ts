import { CASES, type Case, findCase } from "../cases.js";
import type { Peer } from "../peer.js";
import { findPeer } from "../peers.js";

/** One line of the comparison: a case of a peer. */
export interface Target {
  readonly peer: Peer;
  readonly load: Case;
}

/**
 * Our own peers, and the cases in which each is compared by default. All code runs in one of them;
 * a case is not repeated where it would run the same code again, so that time is left for rounds.
 */
const OWN: readonly (readonly [peer: string, cases: readonly string[]])[] = [
  ["tightwire-wire", CASES.map(({ name }) => name)],
  ["tightwire-wire-tls", ["get", "list"]],
  ["tightwire-grpc-js", ["get", "watch"]],
  ["gateway-in-process", ["get", "list", "watch"]],
  ["gateway-proxy", ["get", "watch"]],
  ["tightwire-in-process", ["get", "watch"]],
];

/**
 * What to compare. With `cases` these of every peer, with `peers` every case of these. Throws an
 * Error for an unknown name, and when no peer can do any of the cases.
 */
export function planComparison(
  peers: readonly string[] | undefined,
  cases: readonly string[] | undefined,
): Target[] {
  const targets = [...new Set(peers ?? OWN.map(([name]) => name))].flatMap((name) => {
    const peer = findPeer(name);
    const byDefault = peers === undefined ? OWN.find(([own]) => own === name)?.[1] : undefined;
    const names = cases ?? byDefault ?? CASES.map((load) => load.name);
    return [...new Set(names)].map((one) => ({ peer, load: findCase(one) }));
  });
  const able = targets.filter(({ peer, load }) => peer.cannot?.includes(load.name) !== true);
  if (able.length === 0) throw new Error("none of these peers can do any of these cases");
  return able;
}

/** Our own peers, which are compared by default. */
export const OWN_PEERS: readonly string[] = OWN.map(([name]) => name);
