import { RpcError } from "@tightwire/core";
import { expect, test } from "vitest";
import { errorOf } from "./call-error.js";

test("gives the error of a call that fails", async () => {
  const error = new RpcError("not_found", "no such product");
  expect(await errorOf(Promise.reject(error))).toBe(error);
});

test("rejects when the call succeeds, or fails with another kind of error", async () => {
  await expect(errorOf(Promise.resolve(1))).rejects.toThrow("the call succeeded");
  await expect(errorOf(Promise.reject(new Error("a bug")))).rejects.toMatchObject({
    message: "the call failed with an error that is not an RpcError",
    cause: { message: "a bug" },
  });
});
