import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createChannel, createClient } from "@tightwire/client";
import { createServer } from "@tightwire/server";
import { TestService } from "@tightwire/transport-contract";
import { wire as wireClient } from "@tightwire/wire/client";
import { wire as wireServer } from "@tightwire/wire/server";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { makeCertificates } from "./certificates.js";
import { EXPECTED, exercise, PEER_HANDLERS } from "./peer-service.js";
import { handlersOf } from "./pitfalls-stage.js";
import { RUNTIME } from "./runtime.js";
import { repository } from "./shop-process.js";

// These tests run the build of examples/hello: `pnpm build` comes first.
const HELLO = join(repository, "examples/hello/dist");
/** What comes before the name of a program. */
const BEFORE = RUNTIME === "deno" ? ["run", "--allow-all"] : [];
const PRINTED =
  "Hello, Ada\ntry later: Bob is on holiday\n" +
  "the request of /hello.v1.HelloService/SayHello is not valid: name must not be empty\n";

const certificates = makeCertificates();
const { ca, server: identity, client: clientIdentity } = certificates;
const sockets = mkdtempSync(join(tmpdir(), "tightwire-hello-"));
afterAll(() => {
  certificates.remove();
  rmSync(sockets, { recursive: true, force: true });
});

/** The runtime that runs this, as scripts/find-runtime.mjs names it. */
function runtimeName(): string {
  return RUNTIME === "node" ? `node${process.versions.node.split(".")[0]}` : RUNTIME;
}

test("tests run on the runtime that was named, where one was", () => {
  expect(process.env["TEST_RUNTIME"] ?? runtimeName()).toBe(runtimeName());
});

describe("the hello example, as two processes, over", () => {
  const start = (program: string, env: Record<string, string>): [string, string[], object] => [
    process.execPath,
    [...BEFORE, join(HELLO, program)],
    { env: { ...process.env, ...env } },
  ];

  test.each([
    ["plaintext", "127.0.0.1:0"],
    ["a unix socket", `unix:${join(sockets, "processes.sock")}`],
  ])("%s", async (_, address) => {
    const server = spawn(...start("server.js", { ADDRESS: address }));
    onTestFinished(() => void server.kill("SIGKILL"));
    const target = await new Promise<string>((resolve, reject) => {
      let printed = "";
      server.stdout?.on("data", (chunk) => {
        printed += String(chunk);
        const [, listening] = /listening on (\S+)/.exec(printed) ?? [];
        if (listening !== undefined) resolve(listening);
      });
      server.on("exit", (code) => reject(new Error(`the server ended with ${code}: ${printed}`)));
    });
    const { stdout } = await promisify(execFile)(...start("client.js", { TARGET: target }));
    expect(stdout).toBe(PRINTED);
  });
});

describe("all four kinds of call, a rich error and a deadline, over", () => {
  const TRANSPORTS = {
    plaintext: { address: "127.0.0.1:0", server: {}, client: {} },
    TLS: { address: "127.0.0.1:0", server: { tls: identity }, client: { tls: { ca } } },
    "mutual TLS": {
      address: "127.0.0.1:0",
      server: { tls: { ...identity, clientCa: ca } },
      client: { tls: { ca, ...clientIdentity } },
    },
    "a unix socket": { address: `unix:${join(sockets, "kinds.sock")}`, server: {}, client: {} },
  };

  test.each(Object.entries(TRANSPORTS))("%s", async (_, { address, server: settings, client }) => {
    const server = createServer().add(TestService, handlersOf(PEER_HANDLERS));
    onTestFinished(() => server.stop({ pauseMs: 0, graceMs: 100 }));
    const { address: target } = await server.listen(address, wireServer(settings));
    const channel = createChannel(target, { transport: wireClient(client) });
    onTestFinished(() => channel.close());
    expect(await exercise(createClient(TestService, channel))).toEqual(EXPECTED);
  });
});
