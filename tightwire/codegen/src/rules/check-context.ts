import type { ImportList } from "../import-list.js";
import type { ConstantList } from "./constant-list.js";

/** The module of what checks are built from. */
export const RUNTIME = "@tightwire/core/validation";

/** What printing the checks of a file needs. */
export interface CheckContext {
  readonly imports: ImportList;
  readonly constants: ConstantList;
}

/** Imports a function of the runtime. Returns its local name. */
export function runtime({ imports }: CheckContext, name: string): string {
  return imports.value(name, RUNTIME);
}
