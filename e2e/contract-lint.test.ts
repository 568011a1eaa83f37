import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { repository } from "./shop-process.js";

const PROGRAM = join(repository, "tightwire/contract/dist/cli/tightwire-contract.js");
const CATALOG = "proto/shop/catalog/v1/catalog.proto";
const ORDERS = "proto/shop/orders/v1/orders.proto";
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tightwire-lint-"));
  for (const path of ["tightwire/core/proto", "tightwire/core/proto-validate"])
    cpSync(join(repository, path), join(folder, path), { recursive: true });
  // The modules of others, and those of ours that the shop imports.
  const modules = readFileSync(join(repository, "buf.yaml"), "utf8");
  writeFileSync(
    join(folder, "buf.yaml"),
    modules.replace(
      / {2}- path: (tightwire\/transport|bench|fuzz|hostile|interop)[\s\S]*?(?= {2}- path)/g,
      "",
    ),
  );
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
});
beforeEach(() => cpSync(join(repository, "proto"), join(folder, "proto"), { recursive: true }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function program(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

function edit(file: string, from: string | RegExp, to: string): void {
  const path = join(folder, file);
  const text = readFileSync(path, "utf8");
  const edited = text.replace(from, to);
  if (edited === text) throw new Error(`${file} has nothing that is ${from}`);
  writeFileSync(path, edited);
}

test("the shop's contracts have no faults", () => {
  expect(program("lint", "proto")).toEqual({ status: 0, stdout: "", stderr: "" });
});

test.each<[contradiction: string, file: string, from: string | RegExp, to: string, fault: string]>([
  [
    "a service without a timeout",
    CATALOG,
    /\btimeout: \{seconds: \d+\}/g,
    "",
    "CatalogService.GetProduct: has no `timeout`, and its service has none",
  ],
  [
    "an idempotent method that does not say why",
    ORDERS,
    'idempotency: {key: "request_id"}',
    "",
    "OrdersService.PlaceOrder: is IDEMPOTENT without `idempotency`",
  ],
  [
    "attempts that do not fit into the timeout",
    ORDERS,
    "timeout: {seconds: 10}",
    "timeout: {seconds: 10}\n      retry: {max_attempts: 5 attempt_timeout: {seconds: 9}}",
    "OrdersService.PlaceOrder: `retry`",
  ],
  [
    "a hedge of a method that may not run twice at once",
    ORDERS,
    "timeout: {seconds: 10}",
    "timeout: {seconds: 10}\n      hedge: {delay: {seconds: 1} max_attempts: 2}",
    "OrdersService.PlaceOrder: `hedge`",
  ],
  [
    "a fallback of a method with side effects",
    ORDERS,
    "timeout: {seconds: 10}",
    "timeout: {seconds: 10}\n      fallback: {}",
    "OrdersService.PlaceOrder: `fallback`",
  ],
  [
    "a timeout of zero",
    ORDERS,
    "timeout: {seconds: 10}",
    "timeout: {}",
    "OrdersService.PlaceOrder: `timeout` must be greater than zero",
  ],
  [
    "an error without a code",
    ORDERS,
    "{code: FAILED_PRECONDITION}]",
    "{}]",
    "OrdersError.ORDERS_ERROR_TOO_LATE_TO_CANCEL:",
  ],
  [
    "an error that nothing declares",
    ORDERS,
    'errors: "OUT_OF_STOCK"',
    'errors: "OUT_OF_PAPER"',
    "OrdersService.PlaceOrder: `errors` names no declared error of shop.orders.v1: OUT_OF_PAPER",
  ],
  [
    "rules that contradict each other",
    ORDERS,
    /gte: 1\s+lte: 12/,
    "const: 13 lte: 12",
    "CardPayment.expiry_month: `const` leaves nothing that `lte` allows",
  ],
  [
    "rules of another type",
    ORDERS,
    "(buf.validate.field).required = true",
    "(buf.validate.field).string.min_len = 1",
    "PlaceOrderRequest.buyer: has `string` rules",
  ],
  [
    "a pattern that JavaScript may not run in linear time",
    CATALOG,
    '"^[A-Za-z0-9-]{1,64}$"',
    '"^([a-z]+)+$"',
    "GetProductRequest.id: `pattern` may take JavaScript more than linear time",
  ],
])("refused with file and line: %s", (_, file, from, to, fault) => {
  edit(file, from, to);
  const { status, stdout } = program("lint", "proto");
  expect(stdout).toMatch(new RegExp(`^${file}:\\d+:\\d+: shop\\.`, "m"));
  expect(stdout).toContain(fault);
  expect(status).toBe(1);
});

test("faults are JSON or annotations of GitHub where that is asked for", () => {
  edit(ORDERS, 'errors: "OUT_OF_STOCK"', 'errors: "OUT_OF_PAPER"');
  const line = readFileSync(join(folder, ORDERS), "utf8")
    .split("OUT_OF_PAPER")[0]
    ?.split("\n").length;
  const { stdout } = program("lint", "proto", "--format", "json");
  expect(JSON.parse(stdout)).toMatchObject([
    {
      file: "shop/orders/v1/orders.proto",
      line,
      subject: "shop.orders.v1.OrdersService.PlaceOrder",
    },
  ]);
  expect(program("lint", "proto", "--format", "github-actions").stdout).toMatch(
    new RegExp(
      `^::error file=${ORDERS},line=${line},col=\\d+::shop\\.orders\\.v1\\.OrdersService\\.PlaceOrder: `,
    ),
  );
});

test("an image is read as the contracts are, without what it imports", () => {
  const args = ["build", "proto", "-o", "image.binpb"];
  spawnSync("node_modules/.bin/buf", args, { cwd: folder, stdio: "inherit" });
  expect(program("lint", "image.binpb")).toEqual({ status: 0, stdout: "", stderr: "" });
  expect(program("docs", "image.binpb", "--out", "pages").stdout.trim().split("\n")).toEqual([
    "pages/shop.catalog.v1.CatalogService.md",
    "pages/shop.orders.v1.OrdersService.md",
  ]);
});

test("the reference that is committed is what the contracts say", () => {
  program("docs", "proto", "--out", "reference");
  for (const name of ["shop.catalog.v1.CatalogService.md", "shop.orders.v1.OrdersService.md"])
    expect(readFileSync(join(folder, "reference", name), "utf8")).toBe(
      readFileSync(join(repository, "gen/docs", name), "utf8"),
    );
});

test.each<[args: string[], message: string]>([
  [[], "the command must be lint or docs (got none)"],
  [["frob"], "the command must be lint or docs (got frob)"],
  [["lint", "nowhere"], "there is no nowhere"],
  [["lint", "proto", "other"], "there is one input (got proto, other)"],
  [["lint", "--format", "xml"], "--format must be text, json, github-actions (got xml)"],
  [["lint", "buf.yaml"], "buf.yaml is not a descriptor image; `buf build -o` writes one"],
])("misuse is told: %j", (args, message) => {
  const { status, stderr } = program(...args);
  expect(stderr).toContain("tightwire-contract: ");
  expect(stderr).toContain(message);
  expect(status).toBe(2);
});
