import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** Starts Tightwire's server over the wire in a process of its own, on the core of this one: what proxies stand in front of. It ends with this process. */
export async function startBackend(): Promise<string> {
  const child: ChildProcess = fork(join(import.meta.dirname, "backend-main.js"), { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const [address] = await once(child, "message");
  child.unref();
  return String(address);
}
