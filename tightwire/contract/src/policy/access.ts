import type { Fault } from "../fault.js";
import type { DeclaredPolicy } from "./declared-policy.js";
import { type PolicyContext, reportDeclared } from "./policy-context.js";
import type { ResolvedAccess } from "./resolved-policy.js";

/** Reports what is wrong with an `access`. */
export function checkAccess(declared: DeclaredPolicy, faults: Fault[]): void {
  const { access } = declared.values;
  if (access === undefined) return;
  const { anyone = false } = access;
  const narrows = declared.places.has("access.roles") || declared.places.has("access.scopes");
  if (anyone && narrows)
    reportDeclared(
      declared,
      faults,
      "`access.anyone` contradicts `roles` and `scopes`: leave one of them out",
      "access.anyone",
    );
  if (!anyone && !narrows)
    reportDeclared(
      declared,
      faults,
      "`access` names nobody: give `roles`, `scopes` or `anyone`, or leave it out",
      "access",
    );
}

/** The `access` of a method: its own, else its service's; the two are never merged. */
export function resolveAccess({ own, service }: PolicyContext): ResolvedAccess | undefined {
  const declared = own.access ?? service.access;
  if (declared === undefined) return undefined;
  const { roles = [], scopes = [], anyone = false } = declared;
  return { roles, scopes, anyone };
}
