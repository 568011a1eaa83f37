import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const repository = join(import.meta.dirname, "..");
const CATALOG = "proto/shop/catalog/v1/catalog.proto";
const ORDERS = "proto/shop/orders/v1/orders.proto";
const POLICY = "tightwire/core/proto/tightwire/policy/v1/policy.proto";
const TESTING = "tightwire/transport-contract/proto/tightwire/testing/v1/test.proto";
const BENCH = "bench/proto/bench/v1/bench.proto";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tightwire-contract-"));
  const modules = [
    "proto",
    "tightwire/core/proto",
    "tightwire/core/proto-validate",
    "tightwire/transport-contract/proto",
    "bench/proto",
    "fuzz/proto",
    "hostile/proto",
    "interop/proto",
  ];
  for (const path of ["buf.yaml", "scripts/contract.mjs", ...modules]) {
    cpSync(join(repository, path), join(folder, path), { recursive: true });
  }
  for (const path of ["node_modules", "tightwire/contract"])
    symlinkSync(join(repository, path), join(folder, path));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/**
 * Replaces text. Fails when the text is absent, so that no test passes without the fault that it
 * plants.
 */
function edit(file: string, from: string | RegExp, to: string): void {
  const path = join(folder, file);
  const before = readFileSync(path, "utf8");
  const after = before.replace(from, to);
  expect(after, `nothing in ${file} was replaced`).not.toBe(before);
  writeFileSync(path, after);
}

function contract(...args: string[]): { status: number | null; output: string } {
  const env = { ...process.env };
  delete env["GITHUB_BASE_REF"];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["scripts/contract.mjs", ...args],
    { cwd: folder, encoding: "utf8", env },
  );
  return { status, output: stdout + stderr };
}

const BREAKS = "contract: the contracts break what was released";

describe("a change that breaks what was released is refused", () => {
  const cases: [what: string, file: string, from: string | RegExp, to: string, told: RegExp][] = [
    [
      "a field is removed",
      CATALOG,
      /^ {2}\/\/ How many are left\. Never.*\n.*stock = 4;\n/m,
      "",
      /catalog\.proto:\d+:\d+:Previously present field "4" with name "stock" on message "Product" was deleted/,
    ],
    [
      "a field's number is used for another",
      CATALOG,
      "string distributor = 5;",
      "string studio = 5;",
      /catalog\.proto:\d+:\d+:Field "5" .* on message "Film" changed .*"distributor" to .*"studio"/,
    ],
    [
      "a field's type changes",
      CATALOG,
      "optional int64 worldwide_gross = 9;",
      "optional string worldwide_gross = 9;",
      /catalog\.proto:\d+:\d+:Field "9" .*"worldwide_gross" .*changed type from "int64" to "string"/,
    ],
    [
      "a method is removed",
      ORDERS,
      /^ {2}\/\/ Prices a basket[\s\S]*?\n {2}}\n/m,
      "",
      /orders\.proto:\d+:\d+:Previously present RPC "QuoteBasket" on service "OrdersService" was deleted/,
    ],
    [
      "a service is renamed",
      ORDERS,
      "service OrdersService",
      "service SalesService",
      /orders\.proto:\d+:\d+:Previously present service "OrdersService" was deleted/,
    ],
    [
      "a policy's number changes",
      POLICY,
      /(message MethodPolicy[^}]*)idle_timeout = 2;/,
      "$1idle_timeout = 17;",
      /policy\.proto:\d+:\d+:Previously present field "2" with name "idle_timeout" on message "MethodPolicy" was deleted/,
    ],
    [
      "the test service changes",
      TESTING,
      "bytes payload = 1;",
      "string payload = 1;",
      /test\.proto:\d+:\d+:Field "1" .*"payload"/,
    ],
  ];

  test.each(cases)("%s", (_what, file, from, to, told) => {
    edit(file, from, to);
    const { status, output } = contract("breaking");
    expect(output).toMatch(told);
    expect(output).toContain(`${file}:`);
    expect(output).toContain(BREAKS);
    expect(status).toBe(1);
  });
});

describe("a change that breaks the routes that were released is refused", () => {
  test.each([
    [
      "a path changes",
      CATALOG,
      'get: "/v1/products/{id}"',
      'get: "/v1/product/{id}"',
      "GET /v1/products/{id} of shop.catalog.v1.CatalogService.GetProduct was removed",
    ],
    [
      "a verb changes",
      ORDERS,
      'get: "/v1/orders/{id}:track"',
      'post: "/v1/orders/{id}:track"',
      "GET /v1/orders/{id}:track of shop.orders.v1.OrdersService.TrackOrder was removed",
    ],
    [
      "a body becomes a query",
      ORDERS,
      /post: "\/v1\/orders\/\{id\}:cancel"\n {6}body: "\*"/,
      'post: "/v1/orders/{id}:cancel"',
      "POST /v1/orders/{id}:cancel of shop.orders.v1.OrdersService.CancelOrder: request body changed from the whole message to nothing",
    ],
    [
      "a response is reduced to a part of it",
      CATALOG,
      'get: "/v1/products/{id}"',
      'get: "/v1/products/{id}" response_body: "product"',
      "GET /v1/products/{id} of shop.catalog.v1.CatalogService.GetProduct: response body changed from the whole message to product",
    ],
  ])("%s", (_what, file, from, to, told) => {
    edit(file, from, to);
    const { status, output } = contract("breaking");
    expect(output).toContain(told);
    expect(output).toContain("contract: the contracts break the routes of what was released");
    expect(status).toBe(1);
  });

  test("another binding beside the old one breaks nothing", () => {
    edit(
      CATALOG,
      'get: "/v1/products/{id}"',
      'get: "/v1/products/{id}" additional_bindings {get: "/v1/films/{id}"}',
    );
    expect(contract("breaking").status).toBe(0);
  });
});

test("new fields, messages and methods are accepted", () => {
  edit(
    CATALOG,
    "  int32 stock = 4;\n",
    "  int32 stock = 4;\n  // How it is packed.\n  string packaging = 6;\n",
  );
  edit(
    ORDERS,
    "  // Lists orders,",
    "  // Pays an order.\n  rpc PayOrder(PayOrderRequest) returns (PayOrderResponse);\n\n  // Lists orders,",
  );
  edit(
    ORDERS,
    "// Request of GetOrder.",
    "// Request of PayOrder.\nmessage PayOrderRequest {}\n\n// Response of PayOrder.\nmessage PayOrderResponse {}\n\n// Request of GetOrder.",
  );
  const { status, output } = contract();
  expect(output).toContain("contract: nothing breaks what was released");
  expect(status).toBe(0);
});

test("in a pull request what the merge base says holds too, released or not", () => {
  const git = (...args: string[]): string =>
    execFileSync(
      "git",
      [
        "-c",
        "user.name=test",
        "-c",
        "user.email=test@localhost",
        "-c",
        "commit.gpgsign=false",
        ...args,
      ],
      {
        cwd: folder,
        encoding: "utf8",
      },
    );
  edit(
    CATALOG,
    "  int32 stock = 4;\n",
    "  int32 stock = 4;\n  // How it is packed.\n  string packaging = 6;\n",
  );
  git("init", "--quiet", "--initial-branch=main");
  git("add", "buf.yaml", "proto", "tightwire");
  git("commit", "--quiet", "--message=base");
  edit(CATALOG, "  string packaging = 6;", "  int32 packaging = 6;");
  expect(contract("breaking").status).toBe(0);
  const { status, output } = contract("breaking", "--base", "main");
  expect(output).toContain('Field "6" with name "packaging" on message "Product" changed type');
  expect(output).toContain("contract: the contracts break the merge base with main");
  expect(status).toBe(1);
});

test.each([CATALOG, ORDERS, POLICY, TESTING, BENCH])("a lint fault in %s is refused", (file) => {
  edit(file, /^(message \w+ \{\n)/m, "$1  // Badly named.\n  string BadName = 999;\n");
  const { status, output } = contract("lint");
  expect(output).toContain(`${file}:`);
  expect(output).toContain("BadName");
  expect(output).toContain("contract: these contracts break a lint rule");
  expect(status).toBe(1);
});

test("a comment that is missing is refused", () => {
  edit(CATALOG, "// Request of GetProduct.\n", "");
  expect(contract("lint").output).toContain(
    'Message "GetProductRequest" should have a non-empty comment',
  );
});

test.each([CATALOG, ORDERS, POLICY, TESTING, BENCH])(
  "%s is refused when it is not formatted, and left as it is",
  (file) => {
    edit(file, /^message (\w+) \{/m, "message   $1   {");
    const planted = readFileSync(join(folder, file), "utf8");
    const { status, output } = contract("format");
    expect(output).toContain("-message   ");
    expect(output).toContain("contract: these contracts are not formatted");
    expect(status).toBe(1);
    expect(readFileSync(join(folder, file), "utf8")).toBe(planted);
  },
);

test("what was released is written by a release alone, and a release refuses to break it", () => {
  const released = join(folder, "proto/released.binpb");
  const before = readFileSync(released);
  edit(CATALOG, "string distributor = 5;", "string studio = 5;");
  expect(contract("--release").status).toBe(1);
  expect(readFileSync(released).equals(before)).toBe(true);
  expect(contract("--release", "--breaking").status).toBe(0);
  expect(readFileSync(released).equals(before)).toBe(false);
  expect(contract("breaking").status).toBe(0);
});
