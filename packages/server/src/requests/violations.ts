import { badRequest, RpcError } from "@tightwire/core";

/**
 * Collects the faults of a request, field by field, so that the caller gets all of them at once.
 */
export interface Violations {
  /** Field path and reason, in the order they were found; a field's first reason only. */
  readonly found: ReadonlyMap<string, string>;
  /** Notes `reason` at `field` unless `holds`. Returns `holds`. */
  expect(holds: boolean, field: string, reason: string): boolean;
  /** Throws INVALID_ARGUMENT with a BadRequest detail when anything was found. */
  throwIfAny(): void;
}

/** An empty collection. */
export function createViolations(): Violations {
  const found = new Map<string, string>();
  return {
    found,
    expect(holds, field, reason) {
      if (!holds && !found.has(field)) found.set(field, reason);
      return holds;
    },
    throwIfAny() {
      const [first] = found;
      if (first === undefined) return;
      const more = found.size === 1 ? "" : ` (and ${found.size - 1} more)`;
      throw new RpcError("invalid_argument", `${first[0]} ${first[1]}${more}`, {
        details: [badRequest(Object.fromEntries(found))],
      });
    },
  };
}
