import { rmSync } from "node:fs";
import { dirname } from "node:path";
import type { Served } from "@tightwire/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CertificateFiles, makeCertificate } from "./certificate.js";
import { knownFailure } from "./known-failures.js";
import { createMatrix } from "./matrix.js";
import type { Child, Outcomes } from "./peers/child.js";
import type { ForeignPeer } from "./peers/foreign-peer.js";
import { findPython } from "./peers/python.js";
import { findRuby } from "./peers/ruby.js";
import { DEFAULT_SOAK, runCase } from "./run-case.js";
import { sentenceOf } from "./sentence.js";
import { startServer } from "./start-server.js";
import { TEST_CASE_NAMES } from "./test-cases.js";
import { findTransport, TRANSPORT_NAMES } from "./transports.js";

const SOAK_ITERATIONS = 50;
/** Latencies belong to `pnpm bench`: here a call is late when it hangs. */
const SOAK = {
  ...DEFAULT_SOAK,
  iterations: SOAK_ITERATIONS,
  maxLatencyMs: 10_000,
  overallTimeoutMs: 15_000,
};

const ours = makeCertificate();
const matrix = createMatrix();
const foreign: ForeignPeer[] = [];
for (const found of [findPython(ours, SOAK_ITERATIONS), findRuby()]) {
  if (!("leftOut" in found)) foreign.push(found);
  else matrix.leftOut(`${found.name}, in both roles`, found.leftOut);
}
afterAll(() => {
  for (const peer of foreign) peer.close();
  rmSync(dirname(ours.ca), { recursive: true, force: true });
  console.log(matrix.lines().join("\n"));
});

/** Who calls whom, and how. */
interface Cell {
  readonly client: string;
  readonly server: string;
  readonly tls: boolean;
}

const wayOf = (tls: boolean): string => (tls ? "TLS" : "cleartext");

/** Declares the tests of a cell: a test a case, that passes, or fails as it is known to. */
function declareCases(
  { client, server, tls }: Cell,
  names: readonly string[],
  run: (name: string) => Promise<void>,
): void {
  const cell = `${client} at ${server}, ${wayOf(tls)}`;
  for (const name of names) {
    const known = knownFailure(client, server, name);
    test(known === undefined ? name : `${name} (known failure: ${known.reason})`, async () => {
      const error = await run(name).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (known === undefined) expect(error).toBeUndefined();
      else if (error === undefined)
        throw new Error(`${name} passes now: take it off the list of known failures`);
      else expect(sentenceOf(error)).toMatch(known.error);
      matrix.passed(cell, name, known?.reason);
    });
  }
}

/** Runs a case with a transport of ours, against a server that proves `serverName`. */
function runOurs(
  name: string,
  transport: string,
  port: number,
  tls: { ca: string; serverName: string } | undefined,
): Promise<void> {
  const { client } = findTransport(transport);
  return runCase(
    name,
    { target: `127.0.0.1:${port}`, transport: (compression) => client({ tls, compression }) },
    SOAK,
  );
}

/** A server of ours for the tests of the enclosing `describe`; gives its port. */
function serveOurs(transport: string, certificate: CertificateFiles | undefined): () => number {
  let served: Served;
  beforeAll(async () => {
    const tls =
      certificate === undefined
        ? undefined
        : { certificate: certificate.certificate, key: certificate.key };
    served = await startServer("127.0.0.1:0", findTransport(transport).server(tls), []);
  });
  afterAll(() => served.stop({ pauseMs: 0, graceMs: 500 }));
  return () => Number(/\d+$/.exec(served.address)?.[0]);
}

for (const server of TRANSPORT_NAMES) {
  for (const tls of [false, true]) {
    describe(`at a server over ${server}, ${wayOf(tls)}`, () => {
      const port = serveOurs(server, tls ? ours : undefined);
      for (const client of TRANSPORT_NAMES) {
        describe(`a client over ${client}`, () => {
          const proof = tls ? { ca: ours.ca, serverName: "localhost" } : undefined;
          declareCases({ client, server, tls }, TEST_CASE_NAMES, (name) =>
            runOurs(name, client, port(), proof),
          );
        });
      }
    });
  }
}

for (const peer of foreign) {
  for (const server of TRANSPORT_NAMES) {
    for (const tls of [false, true]) {
      describe(`at a server over ${server}, ${wayOf(tls)}: the client of ${peer.name}`, () => {
        const port = serveOurs(server, tls ? peer.certificate : undefined);
        let outcomes: Outcomes;
        beforeAll(async () => {
          outcomes = await peer.runCases(peer.cases, { port: port(), tls });
        }, 60_000);
        declareCases({ client: peer.name, server, tls }, peer.cases, async (name) => {
          expect(outcomes.get(name) ?? "not run").toMatch(/^passed/);
        });
      });
    }
  }

  for (const tls of [false, true]) {
    describe(`at a server of ${peer.name}, ${wayOf(tls)}`, () => {
      let child: Child;
      beforeAll(async () => {
        child = await peer.startServer(tls);
      });
      afterAll(() => child.stop());
      for (const client of TRANSPORT_NAMES) {
        describe(`a client over ${client}`, () => {
          const proof = tls ? { ca: peer.certificate.ca, serverName: peer.serverName } : undefined;
          declareCases({ client, server: peer.name, tls }, TEST_CASE_NAMES, (name) =>
            runOurs(name, client, Number(child.ready[1]), proof),
          );
        });
      }
    });
  }
}

test("a case that fails says so on one line", async () => {
  const error = await runOurs("empty_unary", "wire", 1, undefined).catch(
    (thrown: unknown) => thrown,
  );
  expect(sentenceOf(error)).toBe("cannot connect to 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1");
});
