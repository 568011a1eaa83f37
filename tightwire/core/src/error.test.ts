import { expect, test } from "vitest";
import { badRequest, detail, encodeStatusDetails } from "./detail.js";
import { BadRequest, ErrorInfo } from "./details.js";
import { RpcError } from "./error.js";
import { Metadata } from "./metadata.js";
import { MisuseError } from "./misuse-error.js";
import type { Completion } from "./transport.js";

const completion = (over: Partial<Completion>): Completion => ({
  code: 5,
  message: "no such film",
  headers: undefined,
  trailers: undefined,
  outcome: "responded",
  origin: "peer",
  ...over,
});

test("says what it is, and knows its kind across copies of the package", () => {
  const error = new RpcError("not_found", "no such film");
  expect(`${error}`).toBe("RpcError [not_found]: no such film");
  expect(Object.keys(error)).not.toContain("name");
  const ofAnotherCopy = Object.assign(new Error(), { [Symbol.for("tightwire.RpcError")]: true });
  expect(ofAnotherCopy).toBeInstanceOf(RpcError);
  expect(new Error()).not.toBeInstanceOf(RpcError);
});

test.each(["ok", "NOT_FOUND", "toString"])("the code %s is refused", (code) => {
  expect(() => new RpcError(code as never, "")).toThrow(TypeError);
});

const MADE_WITH = "make details with detail() or badRequest()";

test.each<[string, unknown]>([
  [`details[1].value must be a Uint8Array (got undefined); ${MADE_WITH}`, { type: "a.B" }],
  [`details[1].value must be a Uint8Array (got "x"); ${MADE_WITH}`, { type: "a.B", value: "x" }],
  [
    `details[1].type must be the full name of a message (got undefined); ${MADE_WITH}`,
    { value: new Uint8Array() },
  ],
  [`details[1].type must be the full name of a message (got undefined); ${MADE_WITH}`, null],
])("a detail that is not one is refused where it is given: %s", (message, wrong) => {
  const details = [badRequest({ a: "b" }), wrong] as never;
  expect(() => new RpcError("not_found", "x", { details })).toThrow(
    new MisuseError("TW_INVALID_DETAILS", message),
  );
});

test.each<[string, object | null, string]>([
  ["details must be an array (got object)", { details: { type: "a.B" } }, "TW_INVALID_DETAILS"],
  ["details must be an array (got null)", { details: null }, "TW_INVALID_DETAILS"],
  [
    "metadata must be a Metadata, an object or pairs (got null)",
    { metadata: null },
    "TW_INVALID_METADATA",
  ],
  ["a metadata key is a string (got number)", { metadata: [[1, "a"]] }, "TW_INVALID_METADATA"],
  [
    "the options of RpcError must be an object, such as { cause } (got null)",
    null,
    "TW_INVALID_OPTION",
  ],
])("options that are not valid are refused: %s", (message, options, code) => {
  expect(() => new RpcError("not_found", "x", options as never)).toThrow(
    new MisuseError(code as never, message),
  );
});

test("whatever is thrown becomes one, also what cannot be read", () => {
  const trap = (): never => {
    throw new Error("trapped");
  };
  const hostile = new Proxy({}, { get: trap, has: trap, getPrototypeOf: trap });
  for (const thrown of [hostile, Object.create(null)]) {
    expect(thrown instanceof RpcError).toBe(false);
    const error = RpcError.from(thrown);
    expect(error).toMatchObject({ code: "unknown", message: "what was thrown cannot be read" });
    expect(error.cause === thrown).toBe(true);
  }
});

test("finds a detail by its type, decoded", () => {
  const error = new RpcError("invalid_argument", "", {
    details: [badRequest({ "lines[0].quantity": "must be at least 1" })],
  });
  expect(error.detail(BadRequest)?.fieldViolations[0]).toMatchObject({
    field: "lines[0].quantity",
    description: "must be at least 1",
  });
  expect(error.detail(ErrorInfo)).toBeUndefined();
});

test("anything that was thrown becomes one, with the original as cause", () => {
  const error = new RpcError("aborted", "");
  expect(RpcError.from(error)).toBe(error);
  const cause = new Error("boom");
  expect(RpcError.from(cause)).toMatchObject({ code: "unknown", message: "boom", cause });
  expect(RpcError.from("text")).toMatchObject({ code: "unknown", message: "text", cause: "text" });
});

test("from a completion it has the call, the details and the trailers", () => {
  const details = [detail(ErrorInfo, { reason: "STOCK", domain: "shop" })];
  const trailers = new Metadata({ "x-own": "1" });
  trailers.appendReceived(
    "grpc-status-details-bin",
    encodeStatusDetails(5, "no such film", details),
  );
  const error = RpcError.fromCompletion(completion({ trailers }), "/shop/Get");
  expect(error).toMatchObject({
    code: "not_found",
    message: "no such film",
    call: "/shop/Get",
    origin: "peer",
    outcome: "responded",
  });
  expect(error.detail(ErrorInfo)).toMatchObject({ reason: "STOCK", domain: "shop" });
  expect(error.metadata.get("x-own")).toBe("1");
  const forwarded = error.forward();
  expect([...forwarded.metadata]).toEqual([["x-own", "1"]]);
  expect([forwarded.forwarded, error.forwarded, forwarded.cause]).toEqual([true, false, error]);
});

test("details that are no google.rpc.Status do not hide the error", () => {
  const trailers = new Metadata();
  trailers.appendReceived("grpc-status-details-bin", new Uint8Array([255, 255, 255]));
  expect(RpcError.fromCompletion(completion({ trailers }), "/x/Y")).toMatchObject({
    code: "not_found",
    details: [],
  });
});

test.each([
  [{ outcome: "not-processed", origin: "local" }, "not-processed"],
  [{ outcome: "not-processed", origin: "peer" }, "not-processed"],
  [{ outcome: "responded", origin: "peer" }, "responded"],
  [{ outcome: "unknown", origin: "local" }, "unknown"],
] as const)("%j leaves the outcome %s", (over, outcome) => {
  expect(RpcError.fromCompletion(completion(over), "/x/Y").outcome).toBe(outcome);
});
