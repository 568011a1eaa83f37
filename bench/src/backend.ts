import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/**
 * Starts Tightwire's server over the wire in a process of its own, on the core of this one: what
 * proxies stand in front of. It ends with this process.
 */
export async function startBackend(): Promise<string> {
  // Tests run the sources; this is as it was built.
  const child: ChildProcess = fork(join(import.meta.dirname, "../dist/backend-main.js"), {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ended = once(child, "exit").then(([code]) =>
    Promise.reject(new Error(`the server behind the proxy ended with ${code}`)),
  );
  ended.catch(() => {});
  const [address] = await Promise.race([once(child, "message"), ended]);
  child.unref();
  return String(address);
}
