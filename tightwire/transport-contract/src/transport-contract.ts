import { describe, expect, test } from "vitest";
import { calledBack } from "./contract/called-back.js";
import { cancellation } from "./contract/cancellation.js";
import { clientCode } from "./contract/client-code.js";
import { clientMisbehaviour } from "./contract/client-misbehaviour.js";
import { closing } from "./contract/closing.js";
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
import { serverCode } from "./contract/server-code.js";
import { serverFault } from "./contract/server-fault.js";
import { serverMisbehaviour } from "./contract/server-misbehaviour.js";
import { statuses } from "./contract/statuses.js";
import { streams } from "./contract/streams.js";
import { expectKnownFailure } from "./known-failure.js";
import { createStage, type Stage } from "./stage.js";
import type { Suite } from "./suite.js";
import type { TransportSubject } from "./transport-subject.js";

const AREAS: Readonly<Record<string, (suite: Suite) => void>> = {
  statuses,
  metadata,
  messages,
  streams,
  errors,
  "server code": serverCode,
  "server fault": serverFault,
  "server misbehaviour": serverMisbehaviour,
  deadlines,
  cancellation,
  inheritance,
  interceptors,
  "client code": clientCode,
  "client misbehaviour": clientMisbehaviour,
  "called back": calledBack,
  flow,
  load,
  draining,
  closing,
  seam,
};

/**
 * Declares the suite for one transport, with vitest. Every transport passes it. What one does not
 * pass yet is in its `knownFailures`: each of those must fail as it says, or is a race.
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
            else if (known === undefined) test(name, () => runTest(subject, body));
            else
              test(`${name} (${known.sometimes ? "fails at times" : "known failure"}: ${known.reason})`, () =>
                expect(
                  expectKnownFailure(known, (waitMs) => runTest(subject, body, waitMs)),
                ).resolves.toBeUndefined());
          },
        });
      });
    }
    test("knows the tests that it names as known failures", () => expect([...unseen]).toEqual([]));
  });
}

async function runTest(
  subject: TransportSubject,
  body: (stage: Stage) => Promise<void>,
  waitMs?: number,
): Promise<void> {
  const stage = createStage(subject, waitMs);
  let failed = true;
  try {
    await body(stage);
    failed = false;
  } finally {
    // What a failed test leaves open says nothing, and must not hide why the test failed.
    if (failed) await stage.close().catch(() => {});
  }
  await stage.close();
}
