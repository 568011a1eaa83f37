import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join, sep } from "node:path";

/** Another checkout of this repository, installed and built. */
export interface Checkout {
  readonly folder: string;
  /** Its bench program for one half of a peer, as it was built there. */
  readonly childMain: string;
  /** The commit it is at; undefined when git does not tell. */
  readonly commit: string | undefined;
}

/** The root of the checkout that this program belongs to. */
export const OWN_FOLDER: string = join(import.meta.dirname, "../../..");

/**
 * The checkout in a folder. Throws an Error that says what is missing, and what to run, when
 * there is no such checkout or its peers cannot run from its own files alone.
 */
export function findCheckout(folder: string): Checkout {
  const fail = (why: string): never => {
    throw new Error(`--base: ${why}`);
  };
  if (!existsSync(folder)) return fail(`there is no folder ${folder}`);
  const root = realpathSync(folder);
  const bench = join(root, "bench");
  if (!existsSync(join(bench, "package.json")))
    return fail(`${folder} is not a checkout of this repository: it has no bench/package.json`);
  for (const name of workspacePackages(bench)) {
    const link = join(bench, "node_modules", name);
    const installed = `bench/node_modules/${name}`;
    if (!existsSync(link)) return fail(notInstalled(folder, `has no ${installed}`));
    const target = realpathSync(link);
    if (!target.startsWith(root + sep)) {
      return fail(notInstalled(folder, `runs ${installed} from outside, ${target}`));
    }
    if (!existsSync(join(target, "dist"))) return fail(notBuilt(folder, `dist of ${name}`));
  }
  const childMain = join(bench, "dist/child-main.js");
  if (!existsSync(childMain)) return fail(notBuilt(folder, "bench/dist/child-main.js"));
  return { folder: root, childMain, commit: commitOf(root) };
}

/** Whether it is the checkout that this program belongs to. */
export function isOwn({ folder }: Checkout): boolean {
  return folder === realpathSync(OWN_FOLDER);
}

/** The commit a checkout is at, short; undefined when git does not tell. */
export function commitOf(folder: string): string | undefined {
  try {
    const args = ["-C", folder, "rev-parse", "--short=12", "HEAD"];
    return execFileSync("git", args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return undefined;
  }
}

function notInstalled(folder: string, why: string): string {
  const todo = "`pnpm install && npx tsc -b bench`";
  return `${folder} is not installed: it ${why}; run ${todo} there`;
}

function notBuilt(folder: string, missing: string): string {
  return `${folder} is not built: it has no ${missing}; run \`npx tsc -b bench\` there`;
}

/** Packages of the repository that its bench depends on. Their names may differ from those here. */
function workspacePackages(bench: string): string[] {
  const text = readFileSync(join(bench, "package.json"), "utf8");
  const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, string> };
  return Object.keys(dependencies).filter((name) => dependencies[name]?.startsWith("workspace:"));
}
