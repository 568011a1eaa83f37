import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "vite";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { lockFolder } from "./folder-lock.js";

let scratch: string;
let folder: string;
let starter: string;
const children: ChildProcess[] = [];

/**
 * A program for child processes: locks the folder it is given, says what came of it, and holds it
 * until it is killed.
 */
const STARTER = `
import { lockFolder } from ${JSON.stringify(new URL("folder-lock.ts", import.meta.url).pathname)};
process.stdin.once("data", async () => {
  try { await lockFolder(process.argv[2]); console.log("held"); setInterval(() => {}, 1e6); }
  catch (error) { console.log(error.name + ": " + error.message); process.exit(1); }
});
console.log("ready");`;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "shop-lock-"));
  const entry = join(scratch, "starter.ts");
  await writeFile(entry, STARTER);
  await build({
    configFile: false,
    logLevel: "silent",
    root: scratch,
    build: {
      ssr: entry,
      outDir: join(scratch, "out"),
      rollupOptions: { output: { entryFileNames: "starter.mjs" } },
    },
  });
  starter = join(scratch, "out", "starter.mjs");
});
afterAll(() => rm(scratch, { recursive: true }));

beforeEach(async () => {
  folder = join(await mkdtemp(join(scratch, "case-")), "catalog");
});
afterEach(async () => {
  await Promise.all(children.splice(0).map(kill));
});

interface Starter {
  readonly child: ChildProcess;
  /** Lets it try, and says what came of it. */
  go(): Promise<string>;
}

async function startStarter(): Promise<Starter> {
  const child = spawn(process.execPath, [starter, folder], { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  await once(child.stdout, "data");
  return {
    child,
    async go() {
      const output = once(child.stdout, "data");
      child.stdin.write("go");
      return String((await output)[0]).trim();
    },
  };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

describe("a folder's lock", () => {
  it("is refused to a second process while the first lives, with its pid", async () => {
    const first = await startStarter();
    expect(await first.go()).toBe("held");
    const second = await startStarter();
    expect(await second.go()).toBe(
      `StartError: the data folder ${folder} is held by process ${first.child.pid}: stop it, or set DATA_DIR to another folder`,
    );
  });

  it("is refused to the same process twice, until it is released", async () => {
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow(/held by this process already/);
    await lock.release();
    await lock.release();
    await (await lockFolder(folder)).release();
    expect(await readdir(join(folder, ".."))).toEqual([]);
  });

  it("is taken over after kill -9 of its holder", async () => {
    const first = await startStarter();
    expect(await first.go()).toBe("held");
    await kill(first.child);
    await (await lockFolder(folder)).release();
    expect(await readdir(join(folder, ".."))).toEqual([]);
  });

  it("is taken over when another process has the holder's pid by now", async () => {
    const lock = await lockFolder(folder);
    const holder = JSON.parse(await readFile(`${folder}.lock`, "utf8")) as object;
    await writeFile(
      `${folder}.lock`,
      JSON.stringify({ ...holder, started: "1@another-boot", nonce: "x" }),
    );
    const taken = await lockFolder(folder);
    expect(JSON.parse(await readFile(`${folder}.lock`, "utf8"))).not.toMatchObject({ nonce: "x" });
    await taken.release();
    await lock.release();
  });

  it("stays with a holder on another host, and the error names the file", async () => {
    await writeFile(`${folder}.lock`, JSON.stringify({ pid: 1, host: "elsewhere", nonce: "x" }));
    await expect(lockFolder(folder)).rejects.toThrow(
      `process 1 on elsewhere: stop it, or delete ${folder}.lock if it is dead`,
    );
  });

  it("that cannot be read is never taken over", async () => {
    await writeFile(`${folder}.lock`, "{");
    await expect(lockFolder(folder)).rejects.toThrow(`delete ${folder}.lock if no process uses it`);
  });

  it("goes to exactly one of two starters that race for a dead process's lock, 20 times", async () => {
    for (let round = 0; round < 20; round++) {
      await writeFile(`${folder}.lock`, JSON.stringify(await deadHolder()));
      const starters = await Promise.all([startStarter(), startStarter()]);
      const results = await Promise.all(starters.map((one) => one.go()));
      expect(results.filter((result) => result === "held")).toHaveLength(1);
      expect(results.filter((result) => result.startsWith("StartError"))).toHaveLength(1);
      await Promise.all(starters.map(({ child }) => kill(child)));
      await rm(`${folder}.lock`);
    }
  }, 60_000);

  it("goes to exactly one of 50 attempts at once in one process", async () => {
    await writeFile(`${folder}.lock`, JSON.stringify(await deadHolder()));
    const attempts = await Promise.allSettled(Array.from({ length: 50 }, () => lockFolder(folder)));
    expect(attempts.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it("is taken over although a starter died in the middle of taking it over", async () => {
    await writeFile(`${folder}.lock`, JSON.stringify(await deadHolder()));
    await writeFile(
      `${folder}.lock.takeover`,
      JSON.stringify({ ...(await deadHolder()), nonce: "y" }),
    );
    await (await lockFolder(folder)).release();
    expect(await readdir(join(folder, ".."))).toEqual([]);
  });
});

async function deadHolder(): Promise<object> {
  const { hostname } = await import("node:os");
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  return { pid: child.pid, host: hostname(), started: "1@b", nonce: "dead" };
}
