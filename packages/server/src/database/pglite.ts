import { access, constants, mkdir } from "node:fs/promises";
import { dirname, relative } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { createPgConfig } from "@electric-sql/pglite/node-postgres";
import pg from "pg";
import { errorCode, StartError } from "../start-error.js";
import { columnTypes } from "./column-types.js";
import type { Engine } from "./engine.js";
import { type FolderLock, lockFolder } from "./folder-lock.js";
import { createNotificationHub } from "./notifications.js";

/**
 * Opens PGlite in `folder` or in memory (`memory://`), behind a pool of one connection. The folder
 * is made when it does not exist, and locked while it is open. Throws a StartError that names the
 * folder when it cannot be read, written or locked.
 */
export async function openPglite(folder: string, channel: string): Promise<Engine> {
  const lock = folder.startsWith("memory://") ? undefined : await holdFolder(folder);
  try {
    return await startPglite(folder, channel, lock);
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

async function startPglite(
  folder: string,
  channel: string,
  lock: FolderLock | undefined,
): Promise<Engine> {
  const pglite = await PGlite.create(folder).catch((error: unknown) => {
    throw new StartError(
      `the data folder ${folder} does not open as a database: ${messageOf(error)}`,
      { cause: error },
    );
  });
  const hub = createNotificationHub();
  await pglite.listen(`"${channel}"`, (payload) => hub.publish(payload));
  // PGlite replaces pg's own connection, which pg's type of `connection` does not allow.
  const config = createPgConfig(pglite) as unknown as pg.PoolConfig;
  const pool = new pg.Pool({ ...copyOf(config), max: 1, idleTimeoutMillis: 0, types: columnTypes });
  return {
    kind: "pglite",
    location: lock === undefined ? "PGlite in memory" : `PGlite in ${nearPath(folder)}`,
    pool,
    notifications: hub,
    async close() {
      await pglite.close();
      await lock?.release();
    },
  };
}

/** The settings are read-only properties of a class instance; pg reads them from a plain object. */
function copyOf(config: pg.PoolConfig): pg.PoolConfig {
  return Object.fromEntries(Object.entries(config)) as pg.PoolConfig;
}

async function holdFolder(folder: string): Promise<FolderLock> {
  try {
    await mkdir(dirname(folder), { recursive: true });
    await mkdir(folder, { recursive: true });
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return await lockFolder(folder);
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(
      `the data folder ${folder} cannot be used: ${reasonOf(error)}; set DATA_DIR to a folder that can`,
      {
        cause: error,
      },
    );
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "no permission to read and write it",
  EPERM: "no permission to read and write it",
  EROFS: "it is on a read-only file system",
  ENOTDIR: "part of its path is a file",
  EEXIST: "part of its path is a file",
  ENOSPC: "the disk is full",
};

function reasonOf(error: unknown): string {
  return REASONS[errorCode(error) ?? ""] ?? messageOf(error);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function nearPath(folder: string): string {
  const near = relative(process.cwd(), folder);
  return near.startsWith("..") ? folder : `./${near}`;
}
