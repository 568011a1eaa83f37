import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { repository } from "./shop-process.js";

const PROGRAM = join(repository, "tightwire/contract/dist/cli/tightwire-contract.js");
const OTHERS =
  / {2}- path: (tightwire\/transport|bench|fuzz|hostile|interop)[\s\S]*?(?= {2}- path)/g;

/** The shop's contracts in a folder of their own, as they are at the start of each test. */
export interface ContractStage {
  readonly CATALOG: string;
  readonly ORDERS: string;
  folder(): string;
  /** Runs `tightwire-contract` there. */
  program(...args: string[]): { status: number | null; stdout: string; stderr: string };
  /** Runs buf there. */
  buf(...args: string[]): void;
  /** Changes a contract. Throws an Error when there is nothing to change. */
  edit(file: string, from: string | RegExp, to: string): void;
}

/** Makes the stage before the tests of a file, and removes it after them. */
export function stageContracts(): ContractStage {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "tightwire-contracts-"));
    for (const path of ["tightwire/core/proto", "tightwire/core/proto-validate"])
      cpSync(join(repository, path), join(folder, path), { recursive: true });
    const modules = readFileSync(join(repository, "buf.yaml"), "utf8");
    writeFileSync(join(folder, "buf.yaml"), modules.replace(OTHERS, ""));
    symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  });
  beforeEach(() => cpSync(join(repository, "proto"), join(folder, "proto"), { recursive: true }));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    CATALOG: "proto/shop/catalog/v1/catalog.proto",
    ORDERS: "proto/shop/orders/v1/orders.proto",
    folder: () => folder,
    program(...args) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
        cwd: folder,
        encoding: "utf8",
      });
      return { status, stdout, stderr };
    },
    buf: (...args) =>
      void spawnSync("node_modules/.bin/buf", args, { cwd: folder, stdio: "inherit" }),
    edit(file, from, to) {
      const path = join(folder, file);
      const text = readFileSync(path, "utf8");
      const edited = text.replace(from, to);
      if (edited === text) throw new Error(`${file} has nothing that is ${from}`);
      writeFileSync(path, edited);
    },
  };
}
