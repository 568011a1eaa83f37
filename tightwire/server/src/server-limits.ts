import type { LimitsReport } from "@tightwire/core";
import type { Listener } from "@tightwire/core/runtime";

const NOTHING: LimitsReport = {
  heldBytes: { unparsed: 0, undecoded: 0, decoded: 0, headers: 0, calls: 0, unread: 0, waiting: 0 },
  maxHeldBytesTotal: Number.POSITIVE_INFINITY,
  acted: {},
  connections: [],
};

/**
 * One report of all listeners. What is held is the process's, so it is the same in each of them.
 */
export function reportLimits(listeners: readonly Listener[]): LimitsReport {
  const reports = listeners.flatMap((listener) => listener.limits?.() ?? []);
  const acted: Record<string, number> = {};
  for (const report of reports)
    for (const [limit, times] of Object.entries(report.acted))
      acted[limit] = (acted[limit] ?? 0) + times;
  return {
    heldBytes: reports[0]?.heldBytes ?? NOTHING.heldBytes,
    maxHeldBytesTotal: Math.min(
      NOTHING.maxHeldBytesTotal,
      ...reports.map(({ maxHeldBytesTotal }) => maxHeldBytesTotal),
    ),
    acted,
    connections: reports.flatMap(({ connections }) => connections),
  };
}
