import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findCheckout, isOwn, OWN_FOLDER } from "./checkout.js";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "bench-base-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

function write(root: string, path: string, text: string): void {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** A checkout whose bench depends on one package of the repository, with another name than here. */
function checkout(): string {
  const root = folder();
  const dependencies = { "@other/core": "workspace:*", undici: "7.30.2" };
  write(root, "bench/package.json", JSON.stringify({ dependencies }));
  return root;
}

function install(root: string, target = join(root, "core")): void {
  mkdirSync(target, { recursive: true });
  mkdirSync(join(root, "bench/node_modules/@other"), { recursive: true });
  symlinkSync(target, join(root, "bench/node_modules/@other/core"));
}

test("a folder is refused until it is there, a checkout, installed and built", () => {
  expect(() => findCheckout("/no/such")).toThrow("--base: there is no folder /no/such");
  expect(() => findCheckout(folder())).toThrow("it has no bench/package.json");
  const root = checkout();
  expect(() => findCheckout(root)).toThrow(
    "is not installed: it has no bench/node_modules/@other/core; run `pnpm install",
  );
  install(root);
  expect(() => findCheckout(root)).toThrow("is not built: it has no dist of @other/core; run");
  write(root, "core/dist/index.js", "");
  expect(() => findCheckout(root)).toThrow("is not built: it has no bench/dist/child-main.js");
  write(root, "bench/dist/child-main.js", "");
  expect(findCheckout(root)).toMatchObject({ commit: undefined });
  expect(isOwn(findCheckout(root))).toBe(false);
});

test("a checkout that would run packages of another one is refused", () => {
  const root = checkout();
  install(root, folder());
  expect(() => findCheckout(root)).toThrow(/runs bench\/node_modules\/@other\/core from outside, /);
});

test("this checkout knows itself", () => {
  expect(isOwn({ folder: OWN_FOLDER.replace(/\/$/, ""), childMain: "", commit: undefined })).toBe(
    true,
  );
});
