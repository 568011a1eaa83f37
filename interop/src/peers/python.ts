import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CertificateFiles } from "../certificate.js";
import { TEST_CASE_NAMES } from "../test-cases.js";
import { readOutcomes, startChild } from "./child.js";
import type { FoundPeer } from "./foreign-peer.js";

const NAME = "Python (C-core)";
/** Debian's own, which sees Debian's packages. */
export const PYTHON = "/usr/bin/python3";
const PACKAGE = join(import.meta.dirname, "../..");
const SERVER = join(PACKAGE, "peers/interop_server.py");
const CLIENT = join(PACKAGE, "peers/interop_client.py");

/**
 * gRPC C-core for Python, with programs of ours and stubs made now from our contract.
 * `soakIterations`: calls of a soak case.
 */
export function findPython(certificate: CertificateFiles, soakIterations: number): FoundPeer {
  const leftOut = findPythonGrpc();
  if (leftOut !== undefined) return { name: NAME, leftOut };
  const stubs = makeStubs();
  return {
    name: NAME,
    certificate,
    serverName: "localhost",
    cases: TEST_CASE_NAMES.filter((name) => !name.endsWith("_noprobe")),
    runCases: (names, { port, tls }) =>
      readOutcomes(PYTHON, [
        ...["-B", CLIENT],
        ...["--stubs", stubs, "--server_port", `${port}`, "--test_case", names.join(",")],
        ...[
          "--soak_iterations",
          `${soakIterations}`,
          "--use_tls",
          `${tls}`,
          "--ca_file",
          certificate.ca,
        ],
      ]),
    startServer: (tls) =>
      startChild(
        PYTHON,
        [
          ...["-B", SERVER],
          ...["--stubs", stubs, "--port", "0", "--use_tls", `${tls}`],
          ...["--tls_cert_file", certificate.certificate, "--tls_key_file", certificate.key],
        ],
        /^listening at .*:(\d+)$/,
      ),
    close: () => rmSync(stubs, { recursive: true, force: true }),
  };
}

/** Why nothing can be run with gRPC C-core for Python here; undefined when it can. */
export function findPythonGrpc(): string | undefined {
  try {
    execFileSync(PYTHON, ["-c", "import grpc, grpc_tools"], { stdio: "pipe" });
    return undefined;
  } catch {
    return `${PYTHON} has no grpc and grpc_tools; Debian's are python3-grpcio and python3-grpc-tools`;
  }
}

function makeStubs(): string {
  const stubs = mkdtempSync(join(tmpdir(), "tightwire-interop-stubs-"));
  const proto = join(PACKAGE, "proto");
  const files = ["empty", "messages", "test"].map((name) => `grpc/testing/${name}.proto`);
  const out = [`-I${proto}`, `--python_out=${stubs}`, `--grpc_python_out=${stubs}`];
  execFileSync(PYTHON, ["-m", "grpc_tools.protoc", ...out, ...files], { stdio: "pipe" });
  return stubs;
}
