import { inProcess } from "@tightwire/server";
import { describeTransportContract } from "@tightwire/transport-contract";

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
