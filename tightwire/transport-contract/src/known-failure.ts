/** How a known failure fails: with an error whose message matches, or by not finishing in time. */
export type ExpectedFailure =
  | { readonly kind: "error"; readonly message: RegExp }
  | { readonly kind: "hang" };

/** A test of the suite that a transport does not pass yet. */
export interface KnownFailure {
  /** The full name of the test, as `area: test`. */
  readonly test: string;
  /** Why it fails; part of the test's title. */
  readonly reason: string;
  /** How it fails. Any other failure fails the suite. */
  readonly failure: ExpectedFailure;
  /**
   * The transport cannot decide a race: the test either passes, or fails as {@link failure} says.
   * Default false: it must fail.
   */
  readonly sometimes?: boolean;
}

/** How long a test may take before it counts as one that hangs. */
const HANG_MS = 8_000;
/** How long a known failure waits for an event that may never come. */
const WAIT_MS = 1_000;

type TestResult =
  | { readonly kind: "passed" }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "hung" };

/**
 * Runs the test of a known failure, and rejects with an Error unless it fails as expected. `run`
 * gets the milliseconds that it may wait for one event. `hangMs`: after how many milliseconds it
 * counts as hung.
 */
export async function expectKnownFailure(
  known: KnownFailure,
  run: (waitMs: number) => Promise<void>,
  hangMs: number = HANG_MS,
): Promise<void> {
  const result = await resultOf(run(WAIT_MS), hangMs);
  if (result.kind === "passed") {
    if (known.sometimes === true) return;
    throw new Error(`"${known.test}" passes now: take it off the list of known failures`);
  }
  if (isExpected(result, known.failure)) return;
  throw new Error(
    `"${known.test}" is known to fail ${describeFailure(known.failure)}, but it ${describeResult(result)}`,
    result.kind === "failed" ? { cause: result.error } : undefined,
  );
}

async function resultOf(running: Promise<void>, hangMs: number): Promise<TestResult> {
  let timer: NodeJS.Timeout | undefined;
  const hung = new Promise<TestResult>((resolve) => {
    // Unreferenced: the test looks for timers that hold the process.
    timer = setTimeout(() => resolve({ kind: "hung" }), hangMs).unref();
  });
  const finished = running.then(
    (): TestResult => ({ kind: "passed" }),
    (error: unknown): TestResult => ({ kind: "failed", error }),
  );
  const result = await Promise.race([finished, hung]);
  clearTimeout(timer);
  return result;
}

function isExpected(result: TestResult, expected: ExpectedFailure): boolean {
  if (result.kind === "hung") return expected.kind === "hang";
  return (
    result.kind === "failed" &&
    expected.kind === "error" &&
    expected.message.test(messageOf(result.error))
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function describeFailure(failure: ExpectedFailure): string {
  return failure.kind === "hang" ? "by hanging" : `with ${String(failure.message)}`;
}

function describeResult(result: TestResult): string {
  return result.kind === "failed" ? `failed with: ${messageOf(result.error)}` : result.kind;
}
