import { setTimeout as sleep } from "node:timers/promises";
import { sentenceOf } from "../sentence.js";
import type { CaseClients, CaseContext, SoakSettings } from "../test-case.js";
import { callLarge } from "./unary.js";

/** Large calls, one after the other, on one channel. */
export async function rpcSoak({ clients, soak }: CaseContext): Promise<void> {
  await repeat(soak, () => callFor(clients, soak));
}

/** Large calls, one after the other, on a channel each. */
export async function channelSoak({ open, soak }: CaseContext): Promise<void> {
  await repeat(soak, async () => {
    const clients = open();
    try {
      await callFor(clients, soak);
    } finally {
      await clients.close();
    }
  });
}

async function callFor(
  { test }: CaseClients,
  { requestBytes, responseBytes }: SoakSettings,
): Promise<void> {
  await callLarge(test, {}, requestBytes, responseBytes);
}

/** Rejects when too many calls failed or were late, or time ran out before all were made. */
async function repeat(soak: SoakSettings, call: () => Promise<void>): Promise<void> {
  const began = performance.now();
  const faults: string[] = [];
  for (let index = 0; index < soak.iterations; index++) {
    const callBegan = performance.now();
    if (callBegan - began > soak.overallTimeoutMs) {
      throw new Error(
        `${index} of ${soak.iterations} calls were made in the ${soak.overallTimeoutMs} ms that they may take`,
      );
    }
    const fault = await call().then(() => undefined, sentenceOf);
    const tookMs = performance.now() - callBegan;
    if (fault !== undefined) faults.push(`call ${index}: ${fault}`);
    else if (tookMs > soak.maxLatencyMs) faults.push(`call ${index} took ${Math.round(tookMs)} ms`);
    if (tookMs < soak.minIntervalMs) await sleep(soak.minIntervalMs - tookMs);
  }
  if (faults.length > soak.maxFailures) {
    throw new Error(
      `${faults.length} of ${soak.iterations} calls failed, more than ${soak.maxFailures}; first: ${faults[0]}`,
    );
  }
}
