import type { Logger } from "@tightwire/core";
import { type Clock, contain, type LimitActed, type Report } from "@tightwire/core/runtime";

/** How long a limit that acts again and again is not logged again. */
const QUIET_MS = 10_000;

/**
 * Logs limits that acted: the first time at once, then each at most every ten seconds, with how
 * often it acted since. An attacker must not be able to fill the log.
 */
export function createLimitLog(
  logger: Logger,
  clock: Clock,
  report: Report,
): (event: LimitActed) => void {
  const seen = new Map<string, { quietUntil: number; times: number }>();
  return ({ limit, peer, effect }) => {
    const now = clock.now();
    const entry = seen.get(limit) ?? { quietUntil: now, times: 0 };
    seen.set(limit, entry);
    entry.times++;
    if (now < entry.quietUntil) return;
    const { times } = entry;
    entry.times = 0;
    entry.quietUntil = now + QUIET_MS;
    contain(
      () => logger.warn({ limit, peer, times }, `a limit acted: ${effect}`),
      (thrown) => report(thrown, "the logger", "a limit"),
    );
  };
}
