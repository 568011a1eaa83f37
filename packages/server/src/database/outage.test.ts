import type { InterceptedCall, InterceptorNext } from "@tightwire/core";
import { RpcError } from "@tightwire/core";
import { describe, expect, it } from "vitest";
import { outageAsUnavailable } from "./outage.js";

const failing = (error: unknown): InterceptorNext =>
  outageAsUnavailable(() => Promise.reject(error));
const call = {} as InterceptedCall;
const coded = (code: string) => Object.assign(new Error("x"), { code });

describe("a database that cannot be reached", () => {
  it.each([
    coded("ECONNREFUSED"),
    coded("57P01"),
    coded("08006"),
    coded("53300"),
    new Error("Connection terminated unexpectedly"),
  ])("is UNAVAILABLE, with the cause kept on this side: %s", async (error) => {
    await expect(failing(error)(call)).rejects.toMatchObject({
      code: "unavailable",
      message: "the database does not respond",
      cause: error,
    });
  });

  it.each([coded("23505"), new Error("x"), new RpcError("not_found", "x"), "x"])(
    "is not seen in other errors: %s",
    async (error) => {
      await expect(failing(error)(call)).rejects.toBe(error);
    },
  );
});
