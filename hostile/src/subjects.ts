import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { CertificateFiles } from "./certificate.js";

/** A server that is attacked. */
export interface Subject {
  readonly name: string;
  /** Whether cases that need no TLS are run over it all the same. */
  readonly tls: boolean;
  /**
   * What starts it. Throws a {@link NotInstalled} when the machine does not have what it needs.
   */
  command(files: CertificateFiles): readonly string[];
}

/** A subject that this machine does not have; the message says what is missing. */
export class NotInstalled extends Error {
  override readonly name = "NotInstalled";
}

const PACKAGE = join(import.meta.dirname, "..");
/** Debian's own, which sees Debian's packages. */
const PYTHON = "/usr/bin/python3";
const GO_LIBRARIES = "/usr/share/gocode";
const GO_BUILD_TIMEOUT_MS = 180_000;

/** All of them, ours first. */
export const SUBJECTS: readonly Subject[] = [
  { name: "tightwire", tls: false, command: nodeCommand("tightwire-main.js") },
  { name: "tightwire-tls", tls: true, command: nodeCommand("tightwire-main.js") },
  { name: "grpc-js", tls: false, command: nodeCommand("grpc-js-main.js") },
  { name: "grpcio", tls: false, command: pythonCommand },
  { name: "grpc-go", tls: false, command: goCommand },
];

/** A subject by its name. Throws an Error that names those that there are. */
export function findSubject(name: string): Subject {
  const found = SUBJECTS.find((subject) => subject.name === name);
  if (found !== undefined) return found;
  const names = SUBJECTS.map((subject) => subject.name).join(", ");
  throw new Error(`no subject is called ${JSON.stringify(name)}; there are ${names}`);
}

function nodeCommand(main: string): Subject["command"] {
  const path = join(PACKAGE, "dist/subjects", main);
  return ({ certificate, key }) => [process.execPath, "--expose-gc", path, certificate, key];
}

function pythonCommand({ certificate, key }: CertificateFiles): readonly string[] {
  try {
    execFileSync(PYTHON, ["-c", "import grpc.aio, google.protobuf"], { stdio: "pipe" });
  } catch {
    throw new NotInstalled(`${PYTHON} has no grpc; Debian's is python3-grpcio`);
  }
  const server = join(PACKAGE, "peers/grpcio_server.py");
  return [PYTHON, "-B", server, join(PACKAGE, "descriptors.binpb"), certificate, key];
}

function goCommand({ certificate, key }: CertificateFiles): readonly string[] {
  if (!existsSync(join(GO_LIBRARIES, "src/google.golang.org/grpc")))
    throw new NotInstalled("there is no grpc-go; Debian's is golang-google-grpc-dev");
  const folder = join(PACKAGE, "build");
  const program = join(folder, "grpc_go_server");
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync("go", ["build", "-o", program, join(PACKAGE, "peers/grpc_go_server.go")], {
      env: { ...process.env, GO111MODULE: "off", GOPATH: GO_LIBRARIES },
      stdio: "pipe",
      timeout: GO_BUILD_TIMEOUT_MS,
    });
  } catch (error) {
    throw new NotInstalled(
      `go does not build it (${error instanceof Error ? error.message.split("\n")[0] : error}); Debian's is golang-go`,
    );
  }
  return [program, certificate, key];
}
