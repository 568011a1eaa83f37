import { table } from "../report.js";
import type { Machine } from "../results-file.js";
import type { Checkout } from "./checkout.js";
import type { Comparison } from "./compare.js";
import type { Figure } from "./figure.js";
import { isDecided, passes } from "./verdict.js";

/** Where a comparison was made, and of what. */
export interface Context extends Machine {
  readonly base: Checkout;
  /** The commit of this checkout; undefined when git does not tell. */
  readonly commit: string | undefined;
  /** Whether the build was compared with itself. */
  readonly self: boolean;
  readonly command: string;
}

const NAMES: Readonly<Record<Figure, string>> = {
  cpu: "CPU per call",
  p50: "p50",
  perSecond: "calls/s",
};

/** Whether every case passes. One that could not be measured does not. */
export function allPass(comparisons: readonly Comparison[], self: boolean): boolean {
  return comparisons.every(({ ratios, figure }) => ratios && passes(ratios[figure], self));
}

/** The comparison as a table in Markdown, with what failed below it. */
export function formatComparison(comparisons: readonly Comparison[], context: Context): string {
  const found = ["rounds", "median", "95 % interval", "spread"];
  const heads = ["case", "peer", "Node.js", "figure", ...found, "calls/s", "result"];
  const rows = comparisons.map((one) => [
    one.target.load.name,
    one.target.peer.name,
    context.node,
    NAMES[one.figure],
    ...cellsOf(one),
    one.ratios?.perSecond.median.toFixed(2) ?? "",
    verdictOf(one, context.self),
  ]);
  const errors = comparisons.flatMap(({ target, error }) =>
    error ? [`${target.load.name} of ${target.peer.name}: ${error.message}`] : [],
  );
  const text = table(heads, rows);
  return errors.length === 0 ? text : `${text}\n\n${[...new Set(errors)].join("\n")}`;
}

/** One case in one line, for the progress. */
export function formatProgress(one: Comparison, self: boolean): string {
  const [rounds, median, interval] = cellsOf(one);
  const name = `${one.target.load.name} of ${one.target.peer.name}`;
  if (one.error) return `${name}: failed`;
  return `${name}: ${median} (${interval}) after ${rounds} rounds: ${verdictOf(one, self)}`;
}

/** The comparison as JSON. */
export function comparisonJson(comparisons: readonly Comparison[], context: Context): string {
  const { base, ...rest } = context;
  const results = comparisons.map((one) => ({
    case: one.target.load.name,
    peer: one.target.peer.name,
    figure: one.figure,
    passed: allPass([one], context.self),
    decided: one.ratios !== undefined && isDecided(one.ratios[one.figure], context.self),
    ...(one.error ? { error: one.error.message } : one.ratios),
  }));
  const passed = allPass(comparisons, context.self);
  const document = {
    ...rest,
    base: { folder: base.folder, commit: base.commit },
    passed,
    results,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function cellsOf({ ratios, figure }: Comparison): string[] {
  if (ratios === undefined) return ["0", "", "", ""];
  const { rounds, median, low, high, min, max } = ratios[figure];
  const [middle, from, to] = [median, low, high].map((value) => value.toFixed(3));
  const spread = `${min.toFixed(2)} to ${max.toFixed(2)}`;
  return [String(rounds), String(middle), `${from} to ${to}`, spread];
}

function verdictOf({ ratios, figure }: Comparison, self: boolean): string {
  if (ratios === undefined) return "FAIL: not measured";
  const result = passes(ratios[figure], self) ? "pass" : "FAIL";
  return isDecided(ratios[figure], self) ? result : `${result}, wide interval`;
}
