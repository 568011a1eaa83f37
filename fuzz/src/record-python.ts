import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { RecordedClient, RecordedServer } from "./record-peer.js";
import type { Scene } from "./record-scenes.js";

const SCRIPT: string = join(import.meta.dirname, "../record_peer.py");
const PYTHON = "/usr/bin/python3";

/** Whether python3-grpcio is installed. */
export function hasPythonGrpc(): boolean {
  return spawnSync(PYTHON, ["-c", "import grpc"]).status === 0;
}

/** python3-grpcio's server. */
export async function servePython(scene: Scene): Promise<RecordedServer> {
  const child = start(["server", JSON.stringify(scene)]);
  const port = await new Promise<string>((resolve) =>
    createInterface(child.stdout).once("line", resolve),
  );
  return {
    address: `127.0.0.1:${port}`,
    drain: () => void child.stdin.write("\n"),
    close: () => Promise.resolve(void child.kill()),
  };
}

/** python3-grpcio's client. */
export const callPython: RecordedClient = (address, scene, midCall) => {
  const child = start(["client", address, JSON.stringify(scene)]);
  createInterface(child.stdout).on(
    "line",
    () => void midCall().then(() => child.stdin.write("\n")),
  );
  return new Promise((resolve, reject) => {
    child.once("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`python ended with ${code}`)),
    );
  });
};

function start(args: readonly string[]): ChildProcessWithoutNullStreams {
  const child = spawn(PYTHON, [SCRIPT, ...args]);
  child.stderr.pipe(process.stderr);
  return child;
}
