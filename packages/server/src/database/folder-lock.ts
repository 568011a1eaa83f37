import { randomUUID } from "node:crypto";
import { link, open, readFile, rename, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { errorCode, StartError } from "../start-error.js";
import { describeSelf, type LockHolder, mayBeAlive, parseHolder } from "./lock-holder.js";

/** A folder held by this process. */
export interface FolderLock {
  /** Releases the folder. Does nothing the second time. */
  release(): Promise<void>;
}

const TAKEOVER_WAIT_MS = 5_000;
const TAKEOVER_PAUSE_MS = 10;

/**
 * Locks `folder` for this process with the file `<folder>.lock` beside it; the folder of that file
 * must exist. PGlite has no lock of its own: a second process that opens the folder loses rows
 * silently.
 *
 * A lock whose process no longer runs is taken over. A lock of another host is valid until somebody
 * deletes the file. Throws a {@link StartError} that names the holder when the folder is held.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  return lockFile(`${folder}.lock`, `the data folder ${folder}`);
}

async function lockFile(path: string, what: string): Promise<FolderLock> {
  const nonce = randomUUID();
  const draft = `${path}.${nonce}`;
  await writeDurably(draft, `${JSON.stringify(describeSelf(nonce))}\n`);
  try {
    const giveUpAt = Date.now() + TAKEOVER_WAIT_MS;
    // A link is made at once: nobody ever reads a lock that is half written.
    while (!(await linkExclusively(draft, path))) {
      const holder = await readHolder(path, what);
      if (holder === undefined) continue;
      if (mayBeAlive(holder)) throw heldError(holder, path, what);
      if (await takeOver(path, holder, draft)) break;
      if (Date.now() > giveUpAt) throw heldError(holder, path, what);
      await sleep(TAKEOVER_PAUSE_MS);
    }
  } finally {
    await rm(draft, { force: true });
  }
  return { release: () => releaseLock(path, nonce) };
}

/**
 * Replaces the lock of a dead holder by ours. Only the holder of another lock, `<path>.takeover`,
 * may do so, and it checks the holder again first. To delete the stale file instead would let a
 * slower process delete the lock of a faster one.
 */
async function takeOver(path: string, dead: LockHolder, draft: string): Promise<boolean> {
  const guard = await lockFile(`${path}.takeover`, "the lock").catch((error: unknown) => {
    if (error instanceof StartError) return undefined;
    throw error;
  });
  if (guard === undefined) return false;
  try {
    const current = await readHolder(path, "the lock");
    if (current?.nonce !== dead.nonce) return false;
    await rename(draft, path);
    return true;
  } finally {
    await guard.release();
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function linkExclusively(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** Undefined when the lock has just been released. */
async function readHolder(path: string, what: string): Promise<LockHolder | undefined> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const holder = parseHolder(text);
  if (holder === undefined)
    throw new StartError(
      `${what} has a lock that cannot be read: delete ${path} if no process uses it`,
    );
  return holder;
}

function heldError(holder: LockHolder, path: string, what: string): StartError {
  const self = describeSelf("");
  if (holder.host !== self.host) {
    return new StartError(
      `${what} is held by process ${holder.pid} on ${holder.host}: stop it, or delete ${path} if it is dead`,
    );
  }
  const who = holder.pid === self.pid ? "this process already" : `process ${holder.pid}`;
  return new StartError(`${what} is held by ${who}: stop it, or set DATA_DIR to another folder`);
}

async function releaseLock(path: string, nonce: string): Promise<void> {
  const text = await readFile(path, "utf8").catch(() => "");
  if (parseHolder(text)?.nonce === nonce) await rm(path, { force: true });
}
