import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "..");
const BUILD = join(FOLDER, "build");
const BUILD_TIMEOUT_MS = 300_000;

/** A server that runs. */
export interface RunningServer {
  readonly address: string;
  readonly pid: number;
  stop(): void;
}

/** What is missing to build the C++ server, or undefined when it can be built. */
export function missingForCpp(): string | undefined {
  for (const program of ["g++", "protoc", "grpc_cpp_plugin", "pkg-config"]) {
    if (spawnSync("which", [program]).status !== 0) return program;
  }
  return spawnSync("pkg-config", ["--exists", "grpc++"]).status === 0 ? undefined : "libgrpc++";
}

/**
 * Builds the C++ server with what the system has of gRPC, and tells where it is. Throws an Error
 * with what the compiler said.
 */
export function buildCppServer(): string {
  mkdirSync(BUILD, { recursive: true });
  const run = (program: string, args: readonly string[]): string =>
    execFileSync(program, args, { cwd: BUILD, encoding: "utf8", timeout: BUILD_TIMEOUT_MS });
  const protos = join(FOLDER, "proto");
  const plugin = run("which", ["grpc_cpp_plugin"]).trim();
  const contract = join(protos, "bench/v1/bench.proto");
  run("protoc", [
    `-I${protos}`,
    "--cpp_out=.",
    "--grpc_out=.",
    `--plugin=protoc-gen-grpc=${plugin}`,
    contract,
  ]);
  const flags = run("pkg-config", ["--cflags", "--libs", "grpc++", "protobuf"]).trim().split(/\s+/);
  const sources = [
    join(FOLDER, "cpp/server.cc"),
    "bench/v1/bench.pb.cc",
    "bench/v1/bench.grpc.pb.cc",
  ];
  run("g++", ["-O2", "-DNDEBUG", "-std=c++17", "-I.", ...sources, "-o", "server", ...flags]);
  return join(BUILD, "server");
}

/** Starts the server on a core; resolves once it listens. */
export function startCppServer(path: string, core: number): Promise<RunningServer> {
  const child = spawn("taskset", ["-c", String(core), path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const kill = (): boolean => child.kill("SIGKILL");
  process.on("exit", kill);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the C++ server ended (${code})`)));
    child.stdout.once("data", (text: Buffer) =>
      resolve({ address: text.toString().trim(), pid: child.pid as number, stop: kill }),
    );
  });
}
