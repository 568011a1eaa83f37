import { createChannel, createClient } from "@tightwire/client";
import { tapResponses } from "@tightwire/testing";
import { TestService, UnimplementedService } from "./gen/grpc/testing/test.service.js";
import type { CaseClients, CasePeer, SoakSettings } from "./test-case.js";
import { findTestCase } from "./test-cases.js";

/** How long a case may take that has no time of its own. */
const CASE_TIMEOUT_MS = 20_000;

/** What the soak cases do when nothing else is said. */
export const DEFAULT_SOAK: SoakSettings = {
  iterations: 10,
  maxFailures: 0,
  maxLatencyMs: 1_000,
  minIntervalMs: 0,
  overallTimeoutMs: 10_000,
  requestBytes: 271_828,
  responseBytes: 314_159,
};

/**
 * Runs a case against a peer: rejects with an Error that says what went wrong. Throws for a name
 * that is none.
 */
export async function runCase(
  name: string,
  peer: CasePeer,
  soak: SoakSettings = DEFAULT_SOAK,
): Promise<void> {
  const testCase = findTestCase(name);
  const open = (): CaseClients => openClients(peer, name.startsWith("client_compressed"));
  const clients = open();
  const late = deadline(
    name.endsWith("_soak") ? soak.overallTimeoutMs + CASE_TIMEOUT_MS : CASE_TIMEOUT_MS,
  );
  try {
    await Promise.race([testCase({ clients, open, soak }), late.passed]);
  } finally {
    late.clear();
    await clients.close();
  }
}

function openClients(peer: CasePeer, compression: boolean): CaseClients {
  const cameCompressed: boolean[] = [];
  const transport = tapResponses(peer.transport(compression), (_call, compressed) =>
    cameCompressed.push(compressed),
  );
  const channel = createChannel(peer.target, { transport });
  return {
    cameCompressed,
    test: createClient(TestService, channel),
    unimplemented: createClient(UnimplementedService, channel),
    close: () => channel.close(),
  };
}

function deadline(ms: number): { readonly passed: Promise<never>; clear(): void } {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`the case was not over after ${ms} ms`)), ms);
  });
  return { passed, clear: () => clearTimeout(timer) };
}
