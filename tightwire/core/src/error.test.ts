import { expect, test } from "vitest";
import { badRequest, detail, encodeStatusDetails } from "./detail.js";
import { BadRequest, ErrorInfo } from "./details.js";
import { RpcError } from "./error.js";
import { Metadata } from "./metadata.js";
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
