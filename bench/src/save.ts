import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { plot } from "./plot.js";
import { formatResults, rewritePage } from "./report.js";
import {
  type Machine,
  type Measured,
  majorOf,
  mergeRun,
  readResults,
  resultsPath,
  writeResults,
} from "./results-file.js";

/** The versions of Node.js that the page tells of. */
const MAJORS = [20, 24] as const;
/** What tells of them. */
export const PAGE: string = join(import.meta.dirname, "../../docs/reference/benchmarks.md");

/**
 * Adds what a run has measured to the results of its version of Node.js, and draws the plot and
 * writes the page anew.
 */
export function saveResults(machine: Machine, measured: Measured): void {
  const major = majorOf(machine);
  const results = mergeRun(readResults(resultsPath(major)), machine, measured);
  writeResults(resultsPath(major), results);
  if (results.cases.length > 0) writeFileSync(resultsPath(major, "svg"), plot(results));
  rewritePage(PAGE, formatResults(MAJORS.flatMap((one) => readResults(resultsPath(one)) ?? [])));
}
