#!/usr/bin/env node
import { runShop } from "./shop.js";

const abort = new AbortController();
process.once("SIGINT", () => abort.abort());
process.once("SIGTERM", () => abort.abort());

process.exitCode = await runShop(process.argv.slice(2), {
  env: process.env,
  signal: abort.signal,
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
});
