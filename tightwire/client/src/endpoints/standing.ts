/** An endpoint is set aside after so many failures in a row. */
const FAILURES = 5;
const FIRST_ASIDE_MS = 1_000;
const LONGEST_ASIDE_MS = 30_000;

/**
 * What a channel thinks of an endpoint.
 *
 *               5 failures in a row             the time is over, and
 *                                               an attempt was picked
 *      trusted ─────────────────────► aside ───────────────────────► probed
 *         ▲                             ▲                               │
 *         │                             └── the probe failed: for ──────┤
 *         │                                 twice as long               │
 *         └──────────────── the probe succeeded ────────────────────────┘
 */
export type Standing =
  /** It takes calls. `failures`: in a row, so far. */
  | { readonly kind: "trusted"; readonly failures: number }
  /** It takes none for `ms` milliseconds. `times`: how often in a row. */
  | { readonly kind: "aside"; readonly ms: number; readonly times: number }
  /** One attempt is made to see whether it takes calls again. */
  | { readonly kind: "probed"; readonly times: number };

/** That of an endpoint of which nothing bad is known. */
export const TRUSTED: Standing = { kind: "trusted", failures: 0 };

/** That after an attempt succeeded; one that was sent before it was set aside changes nothing. */
export function afterSuccess(standing: Standing): Standing {
  if (standing.kind === "aside") return standing;
  return standing.kind === "trusted" && standing.failures === 0 ? standing : TRUSTED;
}

/**
 * That after an attempt failed. `maySetAside`: whether one more may be set aside. `chance`: from 0
 * up to 1, for jitter of a quarter either way.
 */
export function afterFailure(standing: Standing, maySetAside: boolean, chance: number): Standing {
  switch (standing.kind) {
    case "aside":
      return standing;
    case "probed":
      return aside(standing.times + 1, chance);
    case "trusted": {
      const failures = standing.failures + 1;
      return failures >= FAILURES && maySetAside ? aside(1, chance) : { kind: "trusted", failures };
    }
  }
}

function aside(times: number, chance: number): Standing {
  const ms = FIRST_ASIDE_MS * 2 ** (times - 1) * (0.75 + chance / 2);
  return { kind: "aside", ms: Math.min(ms, LONGEST_ASIDE_MS), times };
}
