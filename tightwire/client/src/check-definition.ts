import { MisuseError, type ServiceDefinition } from "@tightwire/core";

/** Throws a MisuseError (`TW_INVALID_OPTION`) when the first argument of `what` is no service's. */
export function checkDefinition(what: string, definition: ServiceDefinition | undefined): void {
  const methods = (definition as Partial<ServiceDefinition> | null | undefined)?.methods;
  if (typeof methods === "object" && methods !== null) return;
  throw new MisuseError(
    "TW_INVALID_OPTION",
    `the first argument of ${what} must be a generated service definition (got ${definition === null ? "null" : typeof definition})`,
  );
}
