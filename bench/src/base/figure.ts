import type { Case } from "../cases.js";
import type { Sample } from "../pair.js";

/**
 * What two builds are compared by: processor time per call of client and server together, the
 * median latency, or calls per second.
 */
export type Figure = "cpu" | "p50" | "perSecond";

/** All figures. */
export const FIGURES: readonly Figure[] = ["cpu", "p50", "perSecond"];

/**
 * The figure that decides a case. With one call in flight that is the latency. Otherwise it is the
 * processor time: other load on the machine moves it least, and a change on either side counts.
 * Calls per second only show the slower side, and vary three times as much.
 */
export function figureOf({ inFlight }: Case): Figure {
  return inFlight === 1 ? "p50" : "cpu";
}

/** This build by the base build in one round, such that above 1 is better than the base. */
export function ratioIn(figure: Figure, own: Sample, base: Sample): number {
  if (figure === "perSecond") return own.perSecond / base.perSecond;
  if (figure === "p50") return base.p50Us / own.p50Us;
  return cpuOf(base) / cpuOf(own);
}

function cpuOf({ serverCpuUsPerCall = 0, clientCpuUsPerCall }: Sample): number {
  return serverCpuUsPerCall + clientCpuUsPerCall;
}
