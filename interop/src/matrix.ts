/** What came out of all cells, for whoever reads the log of a run. */
export interface Matrix {
  /** A case did what it was to; `reason`: why that was to fail. */
  passed(cell: string, testCase: string, reason?: string): void;
  /** Cells that were not run, and why. */
  leftOut(cells: string, reason: string): void;
  /** A line a cell, and one under it for each reason of known failures. */
  lines(): string[];
}

/** Makes an empty one. */
export function createMatrix(): Matrix {
  const passed = new Map<string, number>();
  const known = new Map<string, Map<string, string[]>>();
  const leftOut: string[] = [];
  return {
    passed(cell, testCase, reason) {
      passed.set(cell, (passed.get(cell) ?? 0) + (reason === undefined ? 1 : 0));
      if (reason === undefined) return;
      const reasons = known.get(cell) ?? new Map<string, string[]>();
      known.set(cell, reasons.set(reason, [...(reasons.get(reason) ?? []), testCase]));
    },
    leftOut: (cells, reason) => void leftOut.push(`${cells}: left out, since ${reason}`),
    lines: () => [
      ...[...passed].flatMap(([cell, count]) => [
        `${cell}: ${count} passed`,
        ...[...(known.get(cell) ?? [])].map(
          ([reason, cases]) => `    known failures: ${cases.join(", ")}: ${reason}`,
        ),
      ]),
      ...leftOut,
    ],
  };
}
