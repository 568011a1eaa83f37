import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const BESIDE_SOURCES = [
  "tightwire/*/src/**/*.test.ts",
  "packages/*/src/**/*.test.ts",
  "gen/src/**/*.test.ts",
  "bench/src/**/*.test.ts",
  "fuzz/src/**/*.test.ts",
  "hostile/src/**/*.test.ts",
  "interop/src/**/*.test.ts",
];

/**
 * Files of `e2e/` that are about one transport, or none. All others are behaviours: they run on the
 * wire and on grpc-js, in a project of that name.
 */
const ONCE = [
  "wire-*",
  "transport-*",
  "contract-*",
  "gateway-*",
  "generated*",
  "python",
  "readme",
  "runtime-*",
].map((name) => `e2e/${name}.test.ts`);

/** Tests run the sources, so that no stale build passes. */
export default defineConfig({
  resolve: {
    alias: [
      {
        find: /^@tightwire\/core\/gen\/(.+)\.js$/,
        replacement: at("./tightwire/core/src/gen/$1.ts"),
      },
      {
        find: /^@tightwire\/codec\/(wire|message-name)$/,
        replacement: at("./tightwire/codec/src/$1.ts"),
      },
      {
        find: "@tightwire/contract/lint",
        replacement: at("./tightwire/contract/src/lint/index.ts"),
      },
      {
        find: /^@tightwire\/core\/(runtime|details|validation)$/,
        replacement: at("./tightwire/core/src/$1.ts"),
      },
      {
        find: /^@tightwire\/(client|server)\/grpc-js$/,
        replacement: at("./tightwire/$1/src/grpc-js/index.ts"),
      },
      {
        find: /^@tightwire\/wire\/(client|server|tls|bytes)$/,
        replacement: at("./tightwire/wire/src/$1/index.ts"),
      },
      {
        find: /^@tightwire\/wire\/internals\/(.+)\.js$/,
        replacement: at("./tightwire/wire/src/$1.ts"),
      },
      { find: /^@shop\/contracts\/(catalog|orders)$/, replacement: at("./gen/src/$1.ts") },
      { find: /^@shop\/client$/, replacement: at("./packages/client/src/index.ts") },
      {
        find: /^@tightwire\/(core|codec|contract|codegen|gateway|client|server|testing|transport-contract)$/,
        replacement: at("./tightwire/$1/src/index.ts"),
      },
    ],
  },
  test: {
    projects: [
      { extends: true, test: { name: "once", include: [...BESIDE_SOURCES, ...ONCE] } },
      ...["wire", "grpc-js"].map((name) => ({
        extends: true as const,
        test: { name, include: ["e2e/*.test.ts"], exclude: ONCE, env: { TRANSPORT: name } },
      })),
    ],
    exclude: ["**/dist/**", "**/node_modules/**"],
    // A test that asserts nothing cannot fail.
    expect: { requireAssertions: true },
    reporters: ["default", at("./scripts/skipped-tests.mjs")],
    // A process a file: peak memory, unhandled rejections and timers are then each file's own.
    pool: "forks",
    // No limit on how fast anything is: a busy machine takes 20 s for the gibibyte over TLS.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
