import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { lockFolder } from "./folder-lock.js";

/** Runs once, between the moment a starter has read a lock and the moment it acts on it. */
let afterRead: (() => Promise<void>) | undefined;

vi.mock("node:fs/promises", async (importOriginal) => {
  const fs = await importOriginal<typeof import("node:fs/promises")>();
  return {
    ...fs,
    async readFile(...args: Parameters<typeof fs.readFile>) {
      const text = await fs.readFile(...args);
      const action = afterRead;
      afterRead = undefined;
      await action?.();
      return text;
    },
  };
});

it("a starter that judged a lock dead does not take it from one that was faster", async () => {
  const scratch = await mkdtemp(join(tmpdir(), "shop-lock-race-"));
  const folder = join(scratch, "catalog");
  // No process has this pid: it is past the largest that Linux gives out.
  await writeFile(
    `${folder}.lock`,
    JSON.stringify({ pid: 4_194_305, host: hostname(), nonce: "dead" }),
  );
  let faster: unknown;
  afterRead = async () => {
    faster = await lockFolder(folder);
  };
  await expect(lockFolder(folder)).rejects.toThrow(/is held by this process already/);
  expect(faster).toBeDefined();
  await rm(scratch, { recursive: true });
});
