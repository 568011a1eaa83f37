import { register } from "node:module";
import type { PlantedBug } from "./planted.js";

/**
 * Has the modules that are imported from now on include the bug. The files stay as they are. Throws
 * nothing here: the import of a file that does not hold what is replaced fails.
 */
export function plant(bug: PlantedBug): void {
  register("./plant-hooks.js", import.meta.url, { data: bug });
}
