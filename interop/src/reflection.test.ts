import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { findPythonGrpc, PYTHON } from "./peers/python.js";
import { startServer } from "./start-server.js";
import { findTransport, TRANSPORT_NAMES } from "./transports.js";

const repository = join(import.meta.dirname, "../..");
const leftOut = findPythonGrpc();

/** Stubs of the reflection service alone, in a folder that is removed after the test. */
function makeReflectionStubs(): string {
  const stubs = mkdtempSync(join(tmpdir(), "tightwire-reflection-stubs-"));
  onTestFinished(() => rmSync(stubs, { recursive: true }));
  const proto = join(repository, "node_modules/@grpc/reflection/build/proto");
  const out = [`-I${proto}`, `--python_out=${stubs}`, `--grpc_python_out=${stubs}`];
  const file = "grpc/reflection/v1/reflection.proto";
  execFileSync(PYTHON, ["-m", "grpc_tools.protoc", ...out, file], { stdio: "pipe" });
  return stubs;
}

for (const transport of TRANSPORT_NAMES) {
  const what = `a server over ${transport} describes the test service to a client that has no contract`;
  test.skipIf(leftOut !== undefined)(
    leftOut === undefined ? what : `${what} (${leftOut})`,
    async () => {
      const served = await startServer(
        "127.0.0.1:0",
        findTransport(transport).server(undefined),
        [],
      );
      onTestFinished(() => served.stop({ pauseMs: 0, graceMs: 500 }));
      const port = /\d+$/.exec(served.address)?.[0] as string;
      const { stdout } = await promisify(execFile)(PYTHON, [
        ...["-B", join(repository, "interop/peers/reflecting_client.py")],
        ...["--stubs", makeReflectionStubs(), "--server_port", port],
      ]);
      expect(stdout.trim().split("\n")).toEqual([
        expect.stringMatching(/^services .*\bgrpc\.testing\.TestService\b/),
        "files grpc/testing/empty.proto grpc/testing/messages.proto grpc/testing/test.proto",
        "called grpc.testing.TestService.EmptyCall",
      ]);
    },
  );
}
