import { type MethodDefinition, MisuseError } from "@tightwire/core";
import {
  checkCount,
  checkTime,
  DEFAULT_TIMEOUT_MS,
  refuseUnknownOptions,
} from "@tightwire/core/runtime";

/**
 * Limits that a server sets beside those of the contract. It may only tighten: where the contract
 * names a limit, the smaller of the two holds.
 */
export interface MethodLimits {
  /** The largest request message, in bytes. Default: the contract's, else `maxMessageBytes`. */
  readonly maxRequestBytes?: number;
  /**
   * How long a call may run, in milliseconds, whatever deadline its caller set; `Infinity` for as
   * long as it takes. Default: the contract's, else twice its `timeout` for unary methods and
   * `Infinity` for streams.
   */
  readonly maxDurationMs?: number;
}

const NAMES = ["maxRequestBytes", "maxDurationMs"] as const;

/** Throws a MisuseError for an unknown limit, or a value that is not allowed. */
export function checkMethodLimits(where: string, limits: MethodLimits | undefined): void {
  if (limits === undefined) return;
  refuseUnknownOptions(where, limits, NAMES);
  checkCount(`${where}.maxRequestBytes`, limits.maxRequestBytes);
  checkTime(`${where}.maxDurationMs`, limits.maxDurationMs);
}

/**
 * Throws a MisuseError for a limit of a single method that is wider than its contract's. (One of a
 * whole service may be: it tightens those methods that allow more.)
 */
export function refuseWider(
  where: string,
  { policy }: MethodDefinition,
  limits: MethodLimits | undefined,
): void {
  for (const name of NAMES) {
    const given = limits?.[name];
    const declared = policy.limits?.[name];
    if (given !== undefined && declared !== undefined && given > declared)
      throw new MisuseError(
        "TW_INVALID_OPTION",
        `${where}.${name} must be at most the contract's ${declared} (got ${given}): a server may only tighten a limit`,
      );
  }
}

/** The limits that hold for a method: what the server says of it, else of its service. */
export function limitsOf(
  { kind, policy }: MethodDefinition,
  ofService: MethodLimits = {},
  ofMethod: MethodLimits = {},
): Required<MethodLimits> {
  const declared = policy.limits ?? {};
  const bytes = ofMethod.maxRequestBytes ?? ofService.maxRequestBytes;
  const durationMs = ofMethod.maxDurationMs ?? ofService.maxDurationMs;
  const usualMs = kind === "unary" ? 2 * (policy.timeoutMs ?? DEFAULT_TIMEOUT_MS) : NONE;
  return {
    maxRequestBytes: smaller(bytes, declared.maxRequestBytes) ?? NONE,
    maxDurationMs: smaller(durationMs, declared.maxDurationMs) ?? usualMs,
  };
}

const NONE: number = Number.POSITIVE_INFINITY;

function smaller(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}
