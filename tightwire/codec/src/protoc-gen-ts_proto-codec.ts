#!/usr/bin/env node
// ts-proto as a plugin of buf or protoc, with this package's reader and writer under the code that
// it writes. Takes ts-proto's options.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { buffer } from "node:stream/consumers";
import { rewriteRequest } from "./rewrite-request.js";
import { rewriteResponse } from "./rewrite-response.js";

function findPlugin(): string {
  try {
    const paths = [process.cwd(), import.meta.dirname];
    return createRequire(import.meta.url).resolve("ts-proto/protoc-gen-ts_proto", { paths });
  } catch {
    throw new Error(
      `ts-proto is not installed, neither in ${process.cwd()} nor beside @tightwire/codec; it is what writes the code`,
    );
  }
}

async function main(): Promise<void> {
  const plugin = findPlugin();
  const { status, stdout, error } = spawnSync(process.execPath, [plugin], {
    input: rewriteRequest(await buffer(process.stdin)),
    stdio: ["pipe", "pipe", "inherit"],
    maxBuffer: Number.POSITIVE_INFINITY,
  });
  if (error !== undefined) throw error;
  if (status !== 0) process.exitCode = status ?? 1;
  else process.stdout.write(rewriteResponse(stdout));
}

try {
  await main();
} catch (error) {
  console.error(
    `protoc-gen-ts_proto-codec: ${error instanceof Error ? error.message : String(error)}`,
  );
  process.exitCode = 1;
}
