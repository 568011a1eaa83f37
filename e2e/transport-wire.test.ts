import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeTransportContract } from "@tightwire/transport-contract";
import { wire as wireClient } from "@tightwire/wire/client";
import { wire as wireServer } from "@tightwire/wire/server";
import { afterAll } from "vitest";
import { listenOnTcp, WIRE } from "./wire-subject.js";

const folder = mkdtempSync(join(tmpdir(), "tightwire-sockets-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeTransportContract({
  name: "wire over cleartext",
  capabilities: WIRE,
  hop: true,
  identity: undefined,
  listen: (server) => listenOnTcp(server),
  knownFailures: [],
});

let sockets = 0;
describeTransportContract({
  name: "wire over a unix socket",
  capabilities: WIRE,
  hop: true,
  identity: undefined,
  async listen(server) {
    const { address } = await server.listen(
      `unix:${join(folder, `${sockets++}.sock`)}`,
      wireServer(),
    );
    return {
      target: address,
      endpoint: { address, authority: "localhost" },
      transport: wireClient(),
    };
  },
  knownFailures: [],
});
