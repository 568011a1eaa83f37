import { describeError } from "./error-description.js";
import type { Logger } from "./logger.js";

/**
 * Reports what user code threw where that must not change a call: `what` names the code
 * ("onHeaders"), `path` the call. Never throws.
 */
export type Report = (thrown: unknown, what: string, path: string) => void;

/** Reports to `logger`; to stderr when there is none, or when it throws. */
export function createReport(logger: Logger | undefined): Report {
  return (thrown, what, path) => {
    try {
      if (logger === undefined) printReport(thrown, what, path);
      else logger.error({ method: path, err: describeError(thrown) }, `${what} threw`);
    } catch {
      printReport(thrown, what, path);
    }
  };
}

/**
 * Runs user code that must not change a call. `failed` gets what it throws, or what the promise
 * that it returns rejects with, and must not throw.
 */
export function contain(code: () => unknown, failed: (thrown: unknown) => void): void {
  try {
    const result = code();
    if (result !== undefined) catchRejection(result, failed);
  } catch (thrown) {
    failed(thrown);
  }
}

/** Hears of the rejection of a promise that nobody awaits: Node would end the process. */
export function catchRejection(result: unknown, failed: (thrown: unknown) => void): void {
  if (typeof (result as { then?: unknown } | null | undefined)?.then === "function")
    Promise.resolve(result).catch(failed);
}

/** Prints an error that nobody logs. Never throws. */
function printReport(thrown: unknown, what: string, path: string): void {
  try {
    console.error(`tightwire: ${what} of ${path} threw:`, thrown);
  } catch {
    // Whatever cannot be printed cannot be reported.
  }
}
