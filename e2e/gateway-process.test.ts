import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { TestService } from "@tightwire/transport-contract";
import { describe, expect, onTestFinished, test } from "vitest";
import { PACKED_STATUS } from "./peer-service.js";
import { PYTHON, pythonHas } from "./python.js";
import { repository } from "./shop-process.js";

// These tests run the build: `pnpm build` comes first.
const COMMAND = join(repository, "tightwire/gateway/dist/main.js");
const IMAGE = fileURLToPath(TestService.image as URL);
const SERVICE = "tightwire.testing.v1.TestService";
const hasPythonGrpc = pythonHas("grpc", "google.protobuf");

/** Starts a process. Resolves with its first output. */
async function start(
  command: string,
  ...args: string[]
): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  });
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  return { child, said: String(said).trim() };
}

function startGatewayProcess(...args: string[]): ReturnType<typeof start> {
  return start(process.execPath, COMMAND, "--listen", "127.0.0.1:0", ...args);
}

describe("tightwire-gateway", () => {
  test.skipIf(!hasPythonGrpc)(
    `serves a service in Python${hasPythonGrpc ? "" : " (skipped: python3-grpcio is not installed)"}, and exits with 0 on SIGTERM`,
    async () => {
      const packed = Buffer.from(PACKED_STATUS).toString("base64");
      const { said: target } = await start(
        PYTHON,
        join(repository, "e2e/python_peer.py"),
        "server",
        IMAGE,
        packed,
      );
      const { child, said } = await startGatewayProcess("--image", IMAGE, "--target", target);
      const url = `http://${/^listening on (\S+)$/.exec(said)?.[1]}/${SERVICE}`;
      const call = (method: string, body: object): Promise<Response> =>
        fetch(`${url}/${method}`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
        });
      expect(await (await call("Unary", { number: "41" })).json()).toEqual({ number: "42" });
      const failed = await call("Unary", { text: "fail" });
      expect([failed.status, await failed.json()]).toMatchObject([
        400,
        {
          code: "failed_precondition",
          message: "größer als 100 %",
          details: [{ type: "google.rpc.BadRequest" }],
        },
      ]);
      child.kill("SIGTERM");
      expect(await once(child, "exit")).toEqual([0, null]);
    },
  );

  test("writes the OpenAPI document that a gateway serves", async () => {
    const args = [
      "--image",
      join(repository, "gen/descriptors.binpb"),
      "--title",
      "The film shop",
      "--api-version",
      "v1",
    ];
    const { stdout } = await promisify(execFile)(process.execPath, [
      COMMAND,
      ...args,
      "--openapi",
      "-",
    ]);
    expect(stdout).toBe(readFileSync(join(repository, "gen/openapi.json"), "utf8"));
    const { said } = await startGatewayProcess(...args, "--target", "127.0.0.1:1");
    const served = await fetch(`http://${said.replace("listening on ", "")}/openapi.json`);
    expect(await served.json()).toEqual(JSON.parse(stdout));
  });

  test.each([
    [[], "--image is missing"],
    [["--image", IMAGE], "--target is missing"],
    [["--image", "/dev/null/none", "--target", "a:1"], "ENOTDIR"],
    [
      ["--image", join(repository, "package.json"), "--target", "a:1"],
      "the descriptor image is not a FileDescriptorSet",
    ],
    [["--image", IMAGE, "--target", "nowhere:"], '"nowhere:" is not a target'],
    [
      ["--image", IMAGE, "--target", "a:1", "--service", "no.Such"],
      `the descriptor image has no service no.Such; its services: ${SERVICE}`,
    ],
    [
      ["--image", IMAGE, "--target", "a:1", "--listen", "8080"],
      'the address must be like 127.0.0.1:8080 or unix:/path (got "8080")',
    ],
    [
      ["--image", IMAGE, "--target", "a:1", "--cors", "shop.example"],
      'each of cors.origins must be an origin like https://shop.example (got "shop.example")',
    ],
    [["--port", "1"], "Unknown option '--port'"],
  ])("names what is wrong: %j", async (args, message) => {
    const failed = promisify(execFile)(process.execPath, [COMMAND, ...args]);
    await expect(failed).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining(message),
    });
  });
});
