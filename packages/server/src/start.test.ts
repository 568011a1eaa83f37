import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

// These run the build, as `pnpm start` does: `pnpm build` comes first.
const START = fileURLToPath(new URL("../dist/start.js", import.meta.url));
const SHOP = fileURLToPath(new URL("../../client/dist/cli/main.js", import.meta.url));
const LIMIT_MS = 60_000;

let dataDir: string;
const started: ChildProcess[] = [];

beforeAll(async () => {
  if (!existsSync(START)) throw new Error("there is no build: run pnpm build");
  dataDir = await mkdtemp(join(tmpdir(), "shop-start-"));
});
afterEach(async () => {
  for (const child of started.splice(0))
    if (child.exitCode === null && child.signalCode === null)
      process.kill(-(child.pid ?? 0), "SIGKILL");
});
afterAll(() => rm(dataDir, { recursive: true }));

interface Started {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Waits until the last line of the banner is printed. */
  ready(): Promise<void>;
  /** Exit code, or the name of the signal that killed it. */
  readonly end: Promise<number | string>;
}

/** `pnpm start` on free ports, leading a process group of its own. */
function start(env: Record<string, string> = {}, ...flags: string[]): Started {
  const addresses = {
    CATALOG_ADDRESS: "127.0.0.1:0",
    ORDERS_ADDRESS: "127.0.0.1:0",
    GATEWAY_ADDRESS: "127.0.0.1:0",
  };
  const defaults = { DATA_DIR: dataDir, ...addresses, LOG_LEVEL: "silent" };
  const child = spawn(process.execPath, [START, ...flags], {
    env: { ...process.env, ...defaults, ...env },
    detached: true,
  });
  started.push(child);
  const text = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => (text.stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (text.stderr += String(chunk)));
  const end = once(child, "close").then(([code, signal]) => (code ?? signal) as number | string);
  return {
    child,
    end,
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    ready: () =>
      expect
        .poll(() => text.stdout + text.stderr, { timeout: LIMIT_MS })
        .toContain("Ctrl-C stops it."),
  };
}

/** An address whose port no server uses. */
async function freeAddress(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return `127.0.0.1:${port}`;
}

/** What the services listen with, by their logs. */
function transportsOf({ stdout }: Started): (string | undefined)[] {
  return [...stdout().matchAll(/"?transport"?: ?"([^"]+)"/g)].map(([, name]) => name);
}

/** The pids of the services and the gateway: the children of the launcher. */
async function servicesOf({ child }: Started): Promise<number[]> {
  // ps fails when there are none.
  const { stdout } = await promisify(execFile)("ps", [
    "-o",
    "pid=",
    "--ppid",
    String(child.pid),
  ]).catch(() => ({ stdout: "" }));
  return stdout.split(/\s+/).filter(Boolean).map(Number);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("pnpm start", () => {
  it(
    "loads the films over the wire, prints commands that work, and ends with 0 on SIGTERM to the process alone",
    async () => {
      const shop = start({ LOG_LEVEL: "info" });
      await shop.ready();
      expect(transportsOf(shop)).toEqual(["wire", "wire"]);
      expect(shop.stdout()).toContain("films: 3200 loaded, 0 were there, 1 of 3201 rows refused");
      expect(shop.stdout()).toMatch(/catalog +127\.0\.0\.1:\d+ +PGlite in /);
      const target = /--catalog (\S+)/.exec(shop.stdout())?.[1] ?? "";
      const id = /"id":"([^"]+)"/.exec(shop.stdout())?.[1] ?? "";
      const { stdout } = await promisify(execFile)(process.execPath, [
        SHOP,
        "products",
        "get",
        id,
        "--json",
        "--catalog",
        target,
      ]);
      expect(JSON.parse(stdout)).toMatchObject({ id, film: { title: "The Land Girls" } });
      const url = /curl (http:\S+\/v1\/products\/\S+)/.exec(shop.stdout())?.[1] ?? "";
      expect(await (await fetch(url)).json()).toMatchObject({
        product: { id, film: { title: "The Land Girls" } },
      });

      const services = await servicesOf(shop);
      expect(services).toHaveLength(3);
      shop.child.kill("SIGTERM");
      expect([await shop.end, shop.stderr()]).toEqual([0, ""]);
      expect(services.filter(isRunning)).toEqual([]);
      expect((await readdir(dataDir)).sort()).toEqual(["catalog", "orders"]);
    },
    LIMIT_MS,
  );

  it(
    "loads nothing the second time, over grpc-js if asked for, refuses a second shop on its folder, and exits with 0 on Ctrl-C",
    async () => {
      const shop = start({ LOG_LEVEL: "info" }, "--transport", "grpc-js");
      await shop.ready();
      expect(transportsOf(shop)).toEqual(["grpc-js", "grpc-js"]);
      expect(shop.stdout()).toContain("films: 0 loaded, 3200 were there, 1 of 3201 rows refused");
      // With ports that are known beforehand both services start at once, and both find the folder
      // held.
      const [CATALOG_ADDRESS, ORDERS_ADDRESS] = [await freeAddress(), await freeAddress()];
      for (let time = 0; time < 3; time++) {
        const second = start({ CATALOG_ADDRESS, ORDERS_ADDRESS });
        expect(await second.end).toBe(1);
        expect(second.stderr()).toMatch(
          /^the data folder \S+\/(catalog|orders) is held by process \d+: stop it, or set DATA_DIR to another folder\n$/,
        );
      }
      const services = await servicesOf(shop);
      // A terminal sends it to the whole group.
      process.kill(-(shop.child.pid ?? 0), "SIGINT");
      expect([await shop.end, shop.stderr()]).toEqual([0, ""]);
      expect(services.filter(isRunning)).toEqual([]);
    },
    LIMIT_MS,
  );

  it(
    "leaves no service behind when it is killed, and starts again after that",
    async () => {
      const shop = start();
      await shop.ready();
      const services = await servicesOf(shop);
      shop.child.kill("SIGKILL");
      await expect.poll(() => services.filter(isRunning), { timeout: 10_000 }).toEqual([]);
      const again = start();
      await again.ready();
      again.child.kill("SIGTERM");
      expect(await again.end).toBe(0);
    },
    LIMIT_MS,
  );

  it.each<NodeJS.Signals>(["SIGTERM", "SIGKILL"])(
    "leaves no service behind when %s comes while they start",
    async (signal) => {
      const shop = start();
      await expect.poll(() => servicesOf(shop), { timeout: 10_000 }).toHaveLength(2);
      const services = await servicesOf(shop);
      shop.child.kill(signal);
      expect(await shop.end).toBe(signal === "SIGTERM" ? 0 : signal);
      await expect.poll(() => services.filter(isRunning), { timeout: 10_000 }).toEqual([]);
      expect((await readdir(dataDir)).sort()).toEqual(["catalog", "orders"]);
    },
    LIMIT_MS,
  );

  it(
    "reports in one sentence that a service exited by itself, and stops the other",
    async () => {
      const shop = start();
      await shop.ready();
      const services = await servicesOf(shop);
      process.kill(services[1] ?? 0, "SIGKILL");
      expect(await shop.end).toBe(1);
      expect(shop.stderr()).toMatch(/^(catalog|orders|gateway) exited by itself \(SIGKILL\)\n$/);
      expect(services.filter(isRunning)).toEqual([]);
    },
    LIMIT_MS,
  );

  it(
    "reports in one sentence that a port is in use",
    async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as { port: number };
      const shop = start({ ORDERS_ADDRESS: `127.0.0.1:${port}` });
      expect(await shop.end).toBe(1);
      expect(shop.stderr()).toBe(
        `orders cannot listen (ORDERS_ADDRESS): 127.0.0.1:${port} is in use\n`,
      );
      const other = start({ GATEWAY_ADDRESS: `127.0.0.1:${port}` });
      expect(await other.end).toBe(1);
      expect(other.stderr()).toMatch(
        /^gateway cannot listen \(GATEWAY_ADDRESS\): .*EADDRINUSE.*\n$/,
      );
      server.close();
    },
    LIMIT_MS,
  );

  it.each<[string, Record<string, string>, RegExp]>([
    [
      "a folder that cannot be used",
      { DATA_DIR: "/dev/null/x" },
      /^the data folder \/dev\/null\/x\/\w+ cannot be used: .+; set DATA_DIR to a folder that can\n$/,
    ],
    ["a variable that is wrong", { LOG_LEVEL: "loud" }, /^LOG_LEVEL is "loud"; allowed: .+\n$/],
    [
      "a target that is wrong",
      { CATALOG_TARGET: "nowhere:" },
      /^CATALOG_TARGET is not a target: .+\n$/,
    ],
    [
      "a database that is not there",
      { DATABASE_URL: "postgres://u:secret@127.0.0.1:1/d" },
      /^the database at 127\.0\.0\.1:1\/d \(DATABASE_URL\) cannot be used: nothing listens there\n$/,
    ],
  ])(
    "reports in one sentence: %s",
    async (_name, env, sentence) => {
      const shop = start(env);
      expect(await shop.end).toBe(1);
      expect(shop.stderr()).toMatch(sentence);
    },
    LIMIT_MS,
  );

  it(
    "says so when a data folder does not open",
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "shop-broken-"));
      const pglite = join(folder, "catalog");
      await promisify(execFile)("mkdir", [pglite]);
      await writeFile(join(pglite, "PG_VERSION"), "not a version");
      const shop = start({ DATA_DIR: folder });
      expect(await shop.end).toBe(1);
      expect(shop.stderr()).toMatch(
        /^the data folder \S+\/catalog does not open as a database: .+\n$/,
      );
      expect(await readFile(join(pglite, "PG_VERSION"), "utf8")).toBe("not a version");
      await rm(folder, { recursive: true });
    },
    LIMIT_MS,
  );
});
