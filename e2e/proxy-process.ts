import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "@tightwire/testing";
import { onTestFinished } from "vitest";

/** What a proxy is started with. */
export interface ProxyPlace {
  /** Where it listens and where its server is: ports of 127.0.0.1. */
  readonly port: number;
  readonly serverPort: number;
  /** A temporary folder of its own. */
  readonly folder: string;
}

/**
 * A kind of proxy: how it is configured, started in the foreground, and made to read its
 * configuration again.
 */
export interface ProxyKind {
  readonly name: string;
  readonly program: string;
  /** Its configuration file's text. */
  config(place: ProxyPlace): string;
  /** Arguments that make a master with workers, which stays in the foreground. */
  args(config: string, place: ProxyPlace): string[];
  reload(master: number, config: string): void;
  /** What it writes when its master hears signals; undefined when that is as soon as it listens. */
  readonly ready?: string;
}

/** A proxy that runs before a server. */
export interface RunningProxy {
  readonly address: string;
  /** Has it read its configuration anew; resolves when workers that have are there. */
  reload(): Promise<void>;
  /**
   * Resolves when workers from before the last reload have finished what they had, and are gone.
   */
  retired(): Promise<void>;
}

/** Why a kind of proxy cannot be tested here; undefined when it can. */
export function whyMissing({ program }: ProxyKind): string | undefined {
  return existsSync(program) ? undefined : `${program} is not installed`;
}

/** Starts a proxy before the server at `to`; ended when the test has finished. */
export async function runProxy(kind: ProxyKind, to: string): Promise<RunningProxy> {
  const folder = mkdtempSync(join(tmpdir(), "tightwire-proxy-"));
  const place = { folder, port: await freePort(), serverPort: Number(to.split(":")[1]) };
  const config = join(folder, "proxy.conf");
  writeFileSync(config, kind.config(place));
  const master = spawn(kind.program, kind.args(config, place), {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let written = "";
  for (const stream of [master.stdout, master.stderr]) {
    stream.on("data", (chunk) => {
      written += chunk;
    });
  }
  onTestFinished(async () => {
    await end(master);
    rmSync(folder, { recursive: true, force: true });
  });
  await eventually(async () => {
    if (master.exitCode !== null) throw new Error(`${kind.name} ended: ${written}`);
    if (!written.includes(kind.ready ?? ""))
      throw new Error(`${kind.name} is not ready: ${written}`);
    await knock(place.port);
  });
  const pid = master.pid as number;
  let before: number[] = [];
  const told = (): string =>
    `${kind.name} had workers ${before.join()} and has ${childrenOf(pid).join()}: ${written}`;
  return {
    address: `127.0.0.1:${place.port}`,
    async reload() {
      before = childrenOf(pid);
      await eventually(async () => {
        kind.reload(pid, config);
        // A second time, should the signal have come before the master heard any: haproxy's does
        // not in its first milliseconds.
        await eventually(() => {
          if (!childrenOf(pid).some((child) => !before.includes(child))) throw new Error(told());
        }, 1_000);
      });
    },
    async retired() {
      await eventually(() => {
        if (childrenOf(pid).some((child) => before.includes(child))) throw new Error(told());
      }, 10_000);
    },
  };
}

/** A port that nobody listens at. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function knock(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
  } finally {
    socket.destroy();
  }
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .split(" ")
    .filter(Boolean)
    .map(Number);
}

/** Ends a master and the workers that it leaves behind while they finish what they have. */
async function end(master: ChildProcess): Promise<void> {
  if (master.exitCode !== null || master.signalCode !== null) return;
  const workers = childrenOf(master.pid as number);
  const exited = once(master, "exit");
  master.kill("SIGTERM");
  await exited;
  for (const worker of workers) {
    try {
      process.kill(worker, "SIGKILL");
    } catch {
      // it has ended with its master
    }
  }
}

/** Runs a program for its effect; throws with what it wrote when it fails. */
export function runOnce(program: string, args: readonly string[]): void {
  execFileSync(program, args, { stdio: "pipe" });
}
