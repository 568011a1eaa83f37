import { beforeEach, expect, test } from "vitest";
import { stageContracts } from "./contract-stage.js";

const { program, buf, edit, CATALOG, ORDERS } = stageContracts();

type Edit = [file: string, from: string | RegExp, to: string];

/** What was released in these tests: the shop's contracts, with limits and access. */
const RELEASED: Edit[] = [
  [
    ORDERS,
    "timeout: {seconds: 10}",
    `timeout: {seconds: 10}
      limits: {max_request_bytes: 1000 max_duration: {seconds: 30}}
      access: {roles: ["storefront", "support"]}`,
  ],
];

beforeEach(() => {
  for (const change of RELEASED) edit(...change);
  buf("build", "proto", "-o", "released.binpb");
});

const breaking = (...args: string[]) =>
  program("breaking", "proto", "--against", "released.binpb", ...args);

test("a contract does not break itself, nor does one that promises more and asks for less", () => {
  expect(breaking()).toEqual({ status: 0, stdout: "", stderr: "" });
  for (const change of [
    [ORDERS, "timeout: {seconds: 10}", "timeout: {seconds: 20}"],
    [ORDERS, "max_request_bytes: 1000", "max_request_bytes: 2000"],
    [ORDERS, '["storefront", "support"]', '["storefront", "support", "batch"]'],
    [ORDERS, '"REQUEST_ID_TAKEN"', '"REQUEST_ID_TAKEN", "TOO_LATE_TO_CANCEL"'],
    [ORDERS, /lte: 12\b/, "lte: 13"],
    [ORDERS, "max_items: 100", "max_items: 200"],
    [CATALOG, /unique: true\s/, ""],
    [
      ORDERS,
      "message InvoicePayment {",
      `message InvoicePayment {
  // New, and nobody has to set it.
  optional string note = 9 [(buf.validate.field).string.min_len = 1];
  // New, and its zero value keeps the rule.
  string remark = 10 [(buf.validate.field).string.max_len = 9];`,
    ],
  ] as Edit[])
    edit(...change);
  expect(breaking()).toEqual({ status: 0, stdout: "", stderr: "" });
});

const place = "OrdersService.PlaceOrder";
const CHANGES: [what: string, kind: string, subject: string, text: string, change: Edit][] = [
  [
    "a shorter timeout",
    "TIMEOUT_SHORTER",
    place,
    "10000 to 4000",
    [ORDERS, "timeout: {seconds: 10}", "timeout: {seconds: 4}"],
  ],
  [
    "a shorter idle timeout",
    "IDLE_TIMEOUT_SHORTER",
    "OrdersService.TrackOrder",
    "3600000 to 60000",
    [ORDERS, "idle_timeout: {seconds: 3600}", "idle_timeout: {seconds: 60}"],
  ],
  [
    "loosened idempotency",
    "IDEMPOTENCY_LOOSENED",
    "OrdersService.GetOrder",
    "no_side_effects to unknown",
    [
      ORDERS,
      /option idempotency_level = NO_SIDE_EFFECTS;\s+(?=option \(google.api.http\) = \{get: "\/v1\/orders\/\{id\}"\})/,
      "",
    ],
  ],
  [
    "smaller requests",
    "REQUEST_SIZE_LOWERED",
    place,
    "1000 to 900",
    [ORDERS, "max_request_bytes: 1000", "max_request_bytes: 900"],
  ],
  [
    "a shorter duration",
    "DURATION_SHORTER",
    place,
    "30000 to 20000",
    [ORDERS, "max_duration: {seconds: 30}", "max_duration: {seconds: 20}"],
  ],
  [
    "a role that is removed",
    "ACCESS_NARROWED",
    place,
    "no longer has support",
    [ORDERS, '["storefront", "support"]', '["storefront"]'],
  ],
  [
    "access that is limited for the first time",
    "ACCESS_NARROWED",
    "OrdersService.GetOrder",
    "was not limited",
    [ORDERS, "timeout: {seconds: 2}", 'timeout: {seconds: 2} access: {roles: "support"}'],
  ],
  [
    "an error that is removed",
    "ERROR_REMOVED",
    place,
    "no longer has OUT_OF_STOCK",
    [ORDERS, '"OUT_OF_STOCK",', ""],
  ],
  [
    "another code of an error",
    "ERROR_CHANGED",
    place,
    "failed_precondition to aborted",
    [ORDERS, "code: FAILED_PRECONDITION", "code: ABORTED"],
  ],
  [
    "another detail of an error",
    "ERROR_CHANGED",
    place,
    "to shop.orders.v1.UnavailableProduct",
    [ORDERS, 'detail: "shop.orders.v1.OutOfStock"', 'detail: "shop.orders.v1.UnavailableProduct"'],
  ],
  [
    "a lower limit",
    "RULE_TIGHTENED",
    "CardPayment.expiry_month",
    "must be 1 to 11 now",
    [ORDERS, /lte: 12\b/, "lte: 11"],
  ],
  [
    "a new rule",
    "RULE_TIGHTENED",
    "ListOrdersRequest.page_token",
    "must have at most 99 characters now",
    [
      ORDERS,
      "string page_token = 2;",
      "string page_token = 2 [(buf.validate.field).string.max_len = 99];",
    ],
  ],
  [
    "a new required field",
    "RULE_TIGHTENED",
    "InvoicePayment.note",
    "is new and required",
    [
      ORDERS,
      "message InvoicePayment {",
      "message InvoicePayment {\n  // New.\n  string note = 9 [(buf.validate.field).required = true];",
    ],
  ],
  [
    "a new field whose zero value breaks its rule",
    "RULE_TIGHTENED",
    "InvoicePayment.note",
    "is new, and must not be empty when it is not set",
    [
      ORDERS,
      "message InvoicePayment {",
      "message InvoicePayment {\n  // New.\n  string note = 9 [(buf.validate.field).string.min_len = 1];",
    ],
  ],
];

test.each(CHANGES)("refused by name: %s", (_, kind, subject, text, change) => {
  edit(...change);
  const { status, stdout } = breaking();
  expect(stdout).toMatch(
    new RegExp(
      `^proto/shop/orders/v1/orders.proto:\\d+:\\d+: shop\\.orders\\.v1\\.${subject}: `,
      "m",
    ),
  );
  expect(stdout).toContain(text);
  expect(stdout).toContain(`(${kind})`);
  expect(status).toBe(1);
});

test("a written waiver lets one kind pass, where it stands, when it says why", () => {
  edit(ORDERS, "timeout: {seconds: 10}", "timeout: {seconds: 4}");
  const waive = (line: string): void =>
    edit(ORDERS, "// Places an order", `${line}\n  // Places an order`);
  waive("// tightwire:breaking:ignore TIMEOUT_SHORTER");
  expect(breaking().status).toBe(1); // no reason
  waive("// tightwire:breaking:ignore ERROR_REMOVED nobody reads it");
  expect(breaking().status).toBe(1); // another kind
  waive("// tightwire:breaking:ignore TIMEOUT_SHORTER all callers were asked, 2026-12");
  expect(breaking()).toEqual({ status: 0, stdout: "", stderr: "" });
  edit(ORDERS, "max_request_bytes: 1000", "max_request_bytes: 900");
  expect(breaking("--format", "json").stdout).toContain("REQUEST_SIZE_LOWERED");
});
