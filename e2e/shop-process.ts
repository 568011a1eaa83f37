import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const repository: string = join(import.meta.dirname, "..");

/** A service of the shop in a process of its own. */
export interface ShopProcess {
  readonly address: string;
  /** All that it has written so far. */
  written(): string;
  /** Sends SIGTERM and gives the exit code. */
  stop(): Promise<number | null>;
}

/** Both services on free ports, with empty databases in a folder of their own. */
export interface Shop {
  readonly catalog: ShopProcess;
  readonly orders: ShopProcess;
  /** Stops both and removes the folder. */
  close(): Promise<void>;
}

/** Starts the shop as it was built. Rejects when a service does not come up. */
export async function startShop(): Promise<Shop> {
  const folder = mkdtempSync(join(tmpdir(), "tightwire-shop-"));
  const catalog = await startService("catalog", {
    DATA_DIR: folder,
    CATALOG_ADDRESS: "127.0.0.1:0",
  });
  const orders = await startService("orders", {
    DATA_DIR: folder,
    ORDERS_ADDRESS: "127.0.0.1:0",
    CATALOG_TARGET: catalog.address,
  });
  return {
    catalog,
    orders,
    async close() {
      await Promise.all([orders.stop(), catalog.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startService(name: string, settings: Record<string, string>): Promise<ShopProcess> {
  const env: NodeJS.ProcessEnv = { ...process.env, LOG_LEVEL: "debug", ...settings };
  delete env["DATABASE_URL"];
  const child = spawn(
    process.execPath,
    [join(repository, "packages/server/dist", name, "main.js")],
    {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let written = "";
  child.stdout.on("data", (chunk) => {
    written += chunk;
  });
  child.stderr.on("data", (chunk) => {
    written += chunk;
  });
  const address = await whenListening(name, child, () => written);
  return {
    address,
    written: () => written,
    async stop() {
      if (child.exitCode === null) {
        child.kill("SIGTERM");
        await once(child, "exit");
      }
      return child.exitCode;
    },
  };
}

async function whenListening(
  name: string,
  child: ChildProcess,
  written: () => string,
): Promise<string> {
  for (;;) {
    const address = /"address":"([^"]+)"/.exec(written())?.[1];
    if (address !== undefined) return address;
    if (child.exitCode !== null)
      throw new Error(`${name} ended with ${child.exitCode}: ${written()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
