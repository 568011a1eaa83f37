import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { repository } from "./shop-process.js";

/** `ServingStatus.SERVING` of gRPC's health protocol. */
const SERVING = 1;

/**
 * Runs a module in a process of its own, over the build; `isLoaded(name)` tells whether a CommonJS
 * package was loaded. Gives what it prints, as JSON.
 */
async function runFresh(code: string): Promise<unknown> {
  const isLoaded = `
    import { createRequire } from "node:module";
    const { cache } = createRequire(process.cwd() + "/fresh.js");
    const isLoaded = (name) => Object.keys(cache).some((file) => file.includes("/node_modules/" + name + "/"));`;
  const args = ["--input-type=module", "--eval", `${isLoaded}\n${code}`];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: join(repository, "e2e"),
  });
  return JSON.parse(stdout);
}

describe("without a transport that is named", () => {
  test("server and client speak over the wire, and grpc-js is not even loaded", async () => {
    const calling = `
      import { createChannel, createClient } from "@tightwire/client";
      import { createServer, HealthService, serve } from "@tightwire/server";
      const listening = [];
      const logger = { debug() {}, info: ({ transport }, text) => text === "listening" && listening.push(transport), warn() {}, error() {} };
      const server = createServer({ logger });
      const served = await serve(server, { address: "127.0.0.1:0", signals: [], pauseMs: 0 });
      const other = await server.listen("127.0.0.1:0");
      const responses = [];
      for (const { address } of [served, other]) {
        const channel = createChannel(address);
        responses.push((await createClient(HealthService, channel).check({})).status);
        await channel.close();
      }
      await served.stop();
      console.log(JSON.stringify({ listening, responses, grpcJs: isLoaded("@grpc/grpc-js") }));`;
    expect(await runFresh(calling)).toEqual({
      listening: ["wire", "wire"],
      responses: [SERVING, SERVING],
      grpcJs: false,
    });
  });

  test.each(["client", "server"])(
    "importing @tightwire/%s loads no grpc-js; its grpc-js entry does",
    async (side) => {
      const importing = (entry: string) => `
      await import("@tightwire/${side}${entry}");
      console.log(JSON.stringify(isLoaded("@grpc/grpc-js")));`;
      expect(await runFresh(importing(""))).toBe(false);
      expect(await runFresh(importing("/grpc-js"))).toBe(true);
    },
  );
});
