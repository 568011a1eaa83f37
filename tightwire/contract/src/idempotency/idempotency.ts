import type { DescMethod } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel as Level } from "@bufbuild/protobuf/wkt";

/**
 * Whether a call may run more than once; the same values as `Idempotency` of `@tightwire/core`.
 */
export type IdempotencyLevel = "unknown" | "no_side_effects" | "idempotent";

/** Reads a method's `idempotency_level`; `unknown` when it declares none. */
export function readIdempotency(method: DescMethod): IdempotencyLevel {
  switch (method.idempotency) {
    case Level.NO_SIDE_EFFECTS:
      return "no_side_effects";
    case Level.IDEMPOTENT:
      return "idempotent";
    case Level.IDEMPOTENCY_UNKNOWN:
      return "unknown";
  }
}
