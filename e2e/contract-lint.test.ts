import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stageContracts } from "./contract-stage.js";
import { repository } from "./shop-process.js";

const { folder, program, buf, edit, CATALOG, ORDERS } = stageContracts();

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
    '"OUT_OF_STOCK"',
    '"OUT_OF_PAPER"',
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
  edit(ORDERS, 'errors: "UNKNOWN_ORDER"', 'errors: "OUT_OF_PAPER"');
  const line = readFileSync(join(folder(), ORDERS), "utf8")
    .split("OUT_OF_PAPER")[0]
    ?.split("\n").length;
  const { stdout } = program("lint", "proto", "--format", "json");
  expect(JSON.parse(stdout)).toMatchObject([
    {
      file: "shop/orders/v1/orders.proto",
      line,
      subject: "shop.orders.v1.OrdersService.GetOrder",
    },
  ]);
  expect(program("lint", "proto", "--format", "github-actions").stdout).toMatch(
    new RegExp(
      `^::error file=${ORDERS},line=${line},col=\\d+::shop\\.orders\\.v1\\.OrdersService\\.GetOrder: `,
    ),
  );
});

test("an image is read as the contracts are, without what it imports", () => {
  buf("build", "proto", "-o", "image.binpb");
  expect(program("lint", "image.binpb")).toEqual({ status: 0, stdout: "", stderr: "" });
  expect(program("docs", "image.binpb", "--out", "pages").stdout.trim().split("\n")).toEqual([
    "pages/shop.catalog.v1.CatalogService.md",
    "pages/shop.orders.v1.OrdersService.md",
  ]);
});

test("the reference that is committed is what the contracts say", () => {
  program("docs", "proto", "--out", "reference");
  for (const name of ["shop.catalog.v1.CatalogService.md", "shop.orders.v1.OrdersService.md"])
    expect(readFileSync(join(folder(), "reference", name), "utf8")).toBe(
      readFileSync(join(repository, "gen/docs", name), "utf8"),
    );
});

test("every link of the reference leads to a heading of its page", () => {
  for (const path of program("docs", "proto", "--out", "linked").stdout.trim().split("\n")) {
    const page = readFileSync(join(folder(), path), "utf8");
    const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, text]) => text?.toLowerCase());
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, link]) => link);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((link) => !headings.includes(link))).toEqual([]);
  }
});

test.each<[args: string[], message: string]>([
  [[], "the command must be lint, breaking or docs (got none)"],
  [["frob"], "the command must be lint, breaking or docs (got frob)"],
  [["breaking", "proto"], "breaking needs --against, the image of what was released"],
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
