import { describeError, errorText } from "./error-description.js";
import type { Logger } from "./logger.js";

/** What is known of an unexpected error of a handler, beside the error. */
export interface ReportedFailure {
  /** The id that the caller was given. */
  readonly errorId: string;
  /** Removes the values of `debug_redact` fields from text. */
  readonly redact: (text: string) => string;
}

/**
 * Reports what user code threw: `what` names the code ("onHeaders"), `path` the call. With
 * `failure`, it is why the call failed; without it, the call is not changed by it. Never throws.
 */
export type Report = (
  thrown: unknown,
  what: string,
  path: string,
  failure?: ReportedFailure,
) => void;

/** Reports to `logger`; to stderr when there is none, or when it throws. */
export function createReport(logger: Logger | undefined): Report {
  return (thrown, what, path, failure) => {
    try {
      if (logger === undefined) printReport(thrown, what, path, failure);
      else {
        const logged: unknown = logger.error(
          fieldsOf(thrown, path, failure),
          messageOf(what, failure),
        );
        catchRejection(logged, () => printReport(thrown, what, path, failure));
      }
    } catch {
      printReport(thrown, what, path, failure);
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

function fieldsOf(thrown: unknown, path: string, failure: ReportedFailure | undefined): object {
  if (failure === undefined) return { method: path, err: describeError(thrown) };
  const { errorId, redact } = failure;
  return { method: path, errorId, err: describeError(thrown, redact) };
}

function messageOf(what: string, failure: ReportedFailure | undefined): string {
  return failure === undefined ? `${what} threw` : `${what} failed`;
}

/** Prints an error that nobody logs. Never throws. */
function printReport(
  thrown: unknown,
  what: string,
  path: string,
  failure: ReportedFailure | undefined,
): void {
  try {
    if (failure === undefined) console.error(`tightwire: ${what} of ${path} threw:`, thrown);
    else {
      const text = errorText(thrown, failure.redact);
      console.error(`tightwire: ${what} of ${path} failed (id ${failure.errorId}):\n${text}`);
    }
  } catch {
    // Whatever cannot be printed cannot be reported.
  }
}
