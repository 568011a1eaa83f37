// Proves that another service can import the client: packs what a caller needs, installs it into an
// empty project outside the workspace, compiles ten lines there under the strictest settings with
// TypeScript 5.9 and the newest, and calls a catalog that runs, all without grpc-js; then the same
// from CommonJS on each Node that can require ES modules.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { findNode } from "./find-runtime.mjs";

const PACKED = [
  "tightwire/core",
  "tightwire/codec",
  "tightwire/wire",
  "tightwire/client",
  "gen",
  "packages/client",
];
const COMPILERS = ["typescript@5.9", "typescript@7"];
/** The major versions that can require ES modules. */
const REQUIRING_NODES = [22, 24];
const CATALOG_START_MS = 60_000;

const TSCONFIG = {
  compilerOptions: {
    target: "es2022",
    module: "nodenext",
    lib: ["es2022"],
    outDir: "dist",
    strict: true,
    exactOptionalPropertyTypes: true,
    noFallthroughCasesInSwitch: true,
    noImplicitOverride: true,
    noImplicitReturns: true,
    noPropertyAccessFromIndexSignature: true,
    noUncheckedIndexedAccess: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    verbatimModuleSyntax: true,
    isolatedModules: true,
    skipLibCheck: false,
    types: ["node"],
  },
  files: ["index.ts"],
};

const TYPESCRIPT = `import { createCatalogClient } from "@shop/client";
import type { Product } from "@shop/contracts/catalog";
import { RpcError } from "@tightwire/core";

const catalog = createCatalogClient(process.env["CATALOG"] ?? "127.0.0.1:50051");
const { totalSize } = await catalog.listProducts({ pageSize: 1 });
const missing: Product | string | undefined = await catalog
  .getProduct({ id: "no-such-film" }, { timeoutMs: 2_000 })
  .then(({ product }) => product, (error: unknown) => (error instanceof RpcError ? error.code : "other"));
console.log(totalSize, missing);
await catalog.close();
`;

const COMMONJS = `const { createCatalogClient } = require("@shop/client");
const catalog = createCatalogClient(process.env.CATALOG);
const listed = catalog.listProducts({ pageSize: 1 });
listed.then(({ totalSize }) => console.log(totalSize)).finally(() => catalog.close());
`;

const project = mkdtempSync(join(tmpdir(), "packed-client-"));
const run = (command, args, options = {}) =>
  execFileSync(command, args, { cwd: project, encoding: "utf8", ...options });

function expect(what, actual, wanted) {
  if (actual.trim() !== wanted)
    throw new Error(
      `${what}: ${JSON.stringify(actual.trim())}, expected ${JSON.stringify(wanted)}`,
    );
  console.log(`packed client: ${what}`);
}

function pack() {
  const tarballs = join(project, "tarballs");
  mkdirSync(tarballs);
  return PACKED.map((folder) => {
    const printed = execFileSync("pnpm", ["pack", "--pack-destination", tarballs], {
      cwd: folder,
      encoding: "utf8",
    });
    return resolve(tarballs, basename(printed.trim().split("\n").at(-1)));
  });
}

/** A catalog of its own on a free port, with an empty database. */
function startCatalog() {
  const env = {
    ...process.env,
    CATALOG_ADDRESS: "127.0.0.1:0",
    DATA_DIR: join(project, "data"),
    LOG_LEVEL: "info",
  };
  delete env.DATABASE_URL;
  const child = spawn(process.execPath, ["packages/server/dist/catalog/main.js"], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((done, fail) => {
    const late = setTimeout(() => fail(new Error("the catalog did not start")), CATALOG_START_MS);
    let printed = "";
    child.on("exit", (code) => fail(new Error(`the catalog ended with ${code}`)));
    child.stdout.on("data", (chunk) => {
      printed += chunk;
      const address = /"address":"([^"]+)"/.exec(printed)?.[1];
      if (address === undefined) return;
      clearTimeout(late);
      done({ child, address });
    });
  });
}

let catalog;
try {
  catalog = await startCatalog();
  const env = { ...process.env, CATALOG: catalog.address };
  writeFileSync(
    join(project, "package.json"),
    JSON.stringify({ name: "consumer", private: true, type: "module" }),
  );
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify(TSCONFIG));
  writeFileSync(join(project, "index.ts"), TYPESCRIPT);
  writeFileSync(join(project, "old.cjs"), COMMONJS);
  run(
    "npm",
    ["install", "--no-audit", "--no-fund", "--loglevel=error", ...pack(), "@types/node@20"],
    { stdio: "inherit" },
  );
  if (existsSync(join(project, "node_modules/@grpc")))
    throw new Error("grpc-js was installed, which only its own entries need");
  for (const compiler of COMPILERS) {
    run("npx", ["--yes", "-p", compiler, "tsc", "-p", "."], { stdio: "inherit" });
    expect(
      `ten lines compile with ${compiler} and call the catalog`,
      run(process.execPath, ["dist/index.js"], { env }),
      "0 not_found",
    );
    rmSync(join(project, "dist"), { recursive: true });
  }
  for (const major of REQUIRING_NODES) {
    expect(
      `a CommonJS project requires it on Node ${major}`,
      run(findNode(major), ["old.cjs"], { env }),
      "0",
    );
  }
} catch (error) {
  console.error(`packed client: ${error.message}`);
  process.exitCode = 1;
} finally {
  catalog?.child.removeAllListeners("exit");
  catalog?.child.kill("SIGTERM");
  rmSync(project, { recursive: true, force: true });
}
