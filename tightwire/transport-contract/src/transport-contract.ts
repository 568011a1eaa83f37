import { describe, expect, test } from "vitest";
import { calledBack } from "./contract/called-back.js";
import { cancellation } from "./contract/cancellation.js";
import { deadlines } from "./contract/deadlines.js";
import { draining } from "./contract/draining.js";
import { errors } from "./contract/errors.js";
import { flow } from "./contract/flow.js";
import { inheritance } from "./contract/inheritance.js";
import { interceptors } from "./contract/interceptors.js";
import { load } from "./contract/load.js";
import { messages } from "./contract/messages.js";
import { metadata } from "./contract/metadata.js";
import { seam } from "./contract/seam.js";
import { statuses } from "./contract/statuses.js";
import { streams } from "./contract/streams.js";
import { createStage, type Stage } from "./stage.js";
import type { KnownFailure, TransportSubject } from "./transport-subject.js";

/** How an area adds its tests. */
export interface Suite {
  readonly subject: TransportSubject;
  /** `needs`: why the subject cannot run it; undefined when it can. */
  test(name: string, body: (stage: Stage) => Promise<void>, needs?: string): void;
}

const AREAS: Readonly<Record<string, (suite: Suite) => void>> = {
  statuses,
  metadata,
  messages,
  streams,
  errors,
  deadlines,
  cancellation,
  inheritance,
  interceptors,
  "called back": calledBack,
  flow,
  load,
  draining,
  seam,
};

/** How long a known failure may take to fail: it may be one that never ends. */
const KNOWN_FAILURE_MS = 8_000;
/** How long it waits for what it knows may never come. */
const KNOWN_FAILURE_PATIENCE_MS = 1_000;

/**
 * Declares the contract suite of transports for one of them, with vitest. Every transport passes
 * it; what one does not pass yet stands in its `knownFailures`, and each of those must fail, or is
 * a race.
 */
export function describeTransportContract(subject: TransportSubject): void {
  const unseen = new Set(subject.knownFailures.map((known) => known.test));
  describe(`transport contract: ${subject.name}`, () => {
    for (const [area, addTests] of Object.entries(AREAS)) {
      describe(area, () => {
        addTests({
          subject,
          test(name, body, needs) {
            const fullName = `${area}: ${name}`;
            unseen.delete(fullName);
            const known = subject.knownFailures.find((one) => one.test === fullName);
            if (needs !== undefined) test.skip(`${name} (skipped: ${needs})`, () => {});
            else if (known === undefined) test(name, () => play(subject, body));
            else
              test(`${name} (${known.sometimes ? "fails at times" : "known failure"}: ${known.reason})`, () =>
                mayFail(subject, known, body));
          },
        });
      });
    }
    test("knows the tests that it names as known failures", () => expect([...unseen]).toEqual([]));
  });
}

async function play(
  subject: TransportSubject,
  body: (stage: Stage) => Promise<void>,
  patienceMs?: number,
): Promise<void> {
  const stage = createStage(subject, patienceMs);
  let failed = true;
  try {
    await body(stage);
    failed = false;
  } finally {
    // What a failed test left behind says nothing, and must not hide why it failed.
    if (failed) await stage.close().catch(() => {});
  }
  await stage.close();
}

async function mayFail(
  subject: TransportSubject,
  known: KnownFailure,
  body: (stage: Stage) => Promise<void>,
): Promise<void> {
  const passed = play(subject, body, KNOWN_FAILURE_PATIENCE_MS).then(
    () => true,
    () => false,
  );
  const late = new Promise<boolean>((resolve) => {
    setTimeout(() => resolve(false), KNOWN_FAILURE_MS).unref();
  });
  if ((await Promise.race([passed, late])) && !known.sometimes)
    throw new Error(
      `"${known.test}" passes now: take it off the list of known failures of ${subject.name}`,
    );
}
