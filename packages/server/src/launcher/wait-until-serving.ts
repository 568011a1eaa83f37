import { setTimeout as sleep } from "node:timers/promises";
import { type ChannelOptions, createChannel, createClient } from "@tightwire/client";
import { HealthService, HealthStatus } from "@tightwire/server";

const PAUSE_MS = 50;

/** Asks a server's health service until it reports SERVING, or until `signal` aborts. */
export async function waitUntilServing(
  target: string,
  service: string,
  options: ChannelOptions,
  signal: AbortSignal,
): Promise<void> {
  const channel = createChannel(target, options);
  const health = createClient(HealthService, channel);
  while (!signal.aborted) {
    const response = await health.check({ service }, { signal }).catch(() => undefined);
    if (response?.status === HealthStatus.SERVING) break;
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => {});
  }
  await channel.close();
}
