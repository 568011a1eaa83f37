import type { SeededRandom } from "../random.js";
import type { SimulatedHost } from "./host.js";
import type { Link } from "./link.js";

/** Something that goes wrong for a while. */
export interface Fault {
  readonly kind: FaultKind;
  /** The host, or the two hosts of the link, that it is about. */
  readonly hosts: readonly [string] | readonly [string, string];
  /** When it begins, in milliseconds of the world. */
  readonly atMs: number;
  /** How long it lasts. */
  readonly forMs: number;
}

/** What can go wrong. */
export type FaultKind =
  /** A link carries bytes 100 ms later. */
  | "slow-link"
  /** A link carries bytes up to 200 ms later, each as chance says. */
  | "jitter"
  /** A link drops everything in silence. */
  | "cut"
  /** All connections over a link are reset, once. */
  | "reset"
  /** A process stops, and what comes waits. */
  | "freeze"
  /** A process ends and its peers are told; after a while it starts again. */
  | "crash"
  /** A host loses its power, and nobody is told; after a while it starts again. */
  | "vanish";

const SLOWER_MS = 100;
const MORE_JITTER_MS = 200;
const LINK_FAULTS: readonly FaultKind[] = ["slow-link", "jitter", "cut", "reset"];
const HOST_FAULTS: readonly FaultKind[] = ["freeze", "crash", "vanish"];

/** What a plan of faults is drawn from. */
export interface FaultOptions {
  /** How many. */
  readonly count: number;
  /** Those that may crash, vanish or freeze. */
  readonly hosts: readonly string[];
  /** The links that may fail, by the names of their hosts. */
  readonly links: readonly (readonly [string, string])[];
  /** Until when faults begin, in milliseconds from now. */
  readonly withinMs: number;
  /** How long one lasts at most, in milliseconds. Default 20,000. */
  readonly longestMs?: number;
  /** What may happen. Default: everything. */
  readonly kinds?: readonly FaultKind[];
}

/** Faults as chance has them, by the time at which they begin. */
export function drawFaults(random: SeededRandom, options: FaultOptions, nowMs: number): Fault[] {
  const { count, hosts, links, withinMs, longestMs = 20_000, kinds } = options;
  const allowed = (kind: FaultKind): boolean => kinds === undefined || kinds.includes(kind);
  const choices = [
    ...(links.length === 0 ? [] : LINK_FAULTS.filter(allowed)),
    ...(hosts.length === 0 ? [] : HOST_FAULTS.filter(allowed)),
  ];
  if (choices.length === 0) throw new Error("there is no fault to draw: name hosts or links");
  const faults = Array.from({ length: count }, (): Fault => {
    const kind = random.pick(choices);
    const of = LINK_FAULTS.includes(kind) ? random.pick(links) : ([random.pick(hosts)] as const);
    const atMs = Math.round(nowMs + random.next() * withinMs);
    return { kind, hosts: of, atMs, forMs: Math.round(1 + random.next() * longestMs) };
  });
  return faults.sort((one, other) => one.atMs - other.atMs);
}

/** `cut of catalog-1 - shop, from 1,200 ms for 300 ms` */
export function formatFault({ kind, hosts, atMs, forMs }: Fault): string {
  const lasts = kind === "reset" ? "" : ` for ${forMs.toLocaleString("en-US")} ms`;
  return `${kind} of ${hosts.join(" - ")}, at ${atMs.toLocaleString("en-US")} ms${lasts}`;
}

/** Begins a fault; returns what ends it. */
export function begin(
  fault: Fault,
  host: SimulatedHost | undefined,
  link: Link | undefined,
): () => void {
  // Faults of a link may overlap, and end in any order.
  switch (fault.kind) {
    case "slow-link":
      link?.set({ latencyMs: link.latencyMs + SLOWER_MS });
      return () => link?.set({ latencyMs: link.latencyMs - SLOWER_MS });
    case "jitter":
      link?.set({ jitterMs: link.jitterMs + MORE_JITTER_MS });
      return () => link?.set({ jitterMs: link.jitterMs - MORE_JITTER_MS });
    case "cut":
      link?.cut();
      return () => link?.heal();
    case "reset":
      link?.reset();
      return () => {};
    case "freeze":
      host?.freeze();
      return () => host?.thaw();
    case "crash":
      host?.crash();
      return () => host?.restart();
    case "vanish":
      host?.vanish();
      return () => host?.restart();
  }
}
