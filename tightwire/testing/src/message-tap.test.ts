import { createChannel, createClient } from "@tightwire/client";
import { addHealth, createServer, HealthService, inProcess } from "@tightwire/server";
import { expect, onTestFinished, test } from "vitest";
import { createEventLog } from "./event-log.js";
import { tapRequests, tapResponses } from "./message-tap.js";

test("hears of every message, on both sides, and lets calls go on as before", async () => {
  const { entries, add } = createEventLog();
  const server = createServer();
  addHealth(server);
  const tapped = {
    ...server,
    listen: (address: string, transport: Parameters<typeof tapRequests>[0]) =>
      server.listen(
        address,
        tapRequests(transport, ({ path }, compressed) => add(`request ${path} ${compressed}`)),
      ),
  } as typeof server;
  const channel = createChannel("in-process:", {
    transport: tapResponses(inProcess(tapped), ({ path }, compressed) =>
      add(`response ${path} ${compressed}`),
    ),
  });
  onTestFinished(async () => {
    await channel.close();
    await server.stopNow();
  });
  const client = createClient(HealthService, channel);
  expect(await client.check({}, { compress: true })).toEqual({ status: 1 });
  for await (const _one of client.watch({})) break;
  expect(entries).toEqual([
    "request /grpc.health.v1.Health/Check true",
    "response /grpc.health.v1.Health/Check false",
    "request /grpc.health.v1.Health/Watch false",
    "response /grpc.health.v1.Health/Watch false",
  ]);
});
