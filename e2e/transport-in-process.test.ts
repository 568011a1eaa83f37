import { createChannel, createClient } from "@tightwire/client";
import { createServer, HealthService, inProcess } from "@tightwire/server";
import { describeTransportContract } from "@tightwire/transport-contract";
import { expect, onTestFinished, test } from "vitest";

describeTransportContract({
  name: "in-process",
  capabilities: { compressRequests: true, compressResponses: true, knowsOutcome: true },
  hop: false,
  identity: "tester",
  listen: (server) =>
    Promise.resolve({
      target: "in-process:",
      endpoint: { address: "in-process", authority: "in-process" },
      transport: inProcess(server, { identity: "tester" }),
    }),
  knownFailures: [],
});

test("calls to a server that was stopped before finish as UNAVAILABLE", async () => {
  const server = createServer();
  await server.stop({ pauseMs: 0 });
  const channel = createChannel("in-process:", { transport: inProcess(server) });
  onTestFinished(() => channel.close());
  await expect(createClient(HealthService, channel).check({})).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("the server was stopped"),
    outcome: "not-processed",
  });
});
