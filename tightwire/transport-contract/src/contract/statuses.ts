import { badRequest, detail, RpcError, STATUS_CODES, type StatusCode } from "@tightwire/core";
import { BadRequest, ErrorInfo, RetryInfo } from "@tightwire/core/details";
import { errorOf } from "@tightwire/testing";
import { expect } from "vitest";
import type { Suite } from "../suite.js";
import { callOnce, KINDS, responding } from "../test-handlers.js";
import { testMessage } from "../test-messages.js";

const TEXTS: Readonly<Record<string, readonly [sent: string, received: string]>> = {
  unicode: ["käse, 東京, \u{1f600}", "käse, 東京, \u{1f600}"],
  "a line break": ["one\r\ntwo\tthree", "one\r\ntwo\tthree"],
  percent: ["100 % of %41, %zz and %", "100 % of %41, %zz and %"],
  "reserved letters": ["a#b?c&d=e+f;g/h:i@j$k,l%23%2F", "a#b?c&d=e+f;g/h:i@j$k,l%23%2F"],
  nothing: ["", ""],
  "8 KB": ["x".repeat(8_192), "x".repeat(8_192)],
  "half a surrogate pair": ["left \ud83d alone", "left \ufffd alone"],
  "a null byte": ["a\0b", "a\0b"],
};

/** Every status, its text and its details. */
export function statuses({ test }: Suite): void {
  for (const kind of KINDS) {
    test(`each of the seventeen by ${kind}`, async (stage) => {
      const { client } = await stage.open({
        handlers: responding((_call, [request]) => {
          if (request?.text !== "ok")
            throw new RpcError(request?.text as StatusCode, `text of ${request?.text}`);
          return testMessage({ text: "good" });
        }),
      });
      for (const code of STATUS_CODES.slice(1)) {
        const error = await errorOf(callOnce(client, kind, {}, { text: code }));
        expect(error).toMatchObject({
          code,
          message: `text of ${code}`,
          origin: "peer",
          outcome: "responded",
        });
        expect(error.call).toMatch(/^\/tightwire\.testing\.v1\.TestService\//);
      }
      expect((await callOnce(client, kind, {}, { text: "ok" }))[0]?.text).toBe("good");
    });
  }

  for (const [what, [sent, received]] of Object.entries(TEXTS)) {
    test(`a text of ${what}`, async (stage) => {
      const { client } = await stage.open({
        handlers: responding(() => {
          throw new RpcError("failed_precondition", sent);
        }),
      });
      for (const kind of KINDS)
        expect(await errorOf(callOnce(client, kind))).toMatchObject({
          code: "failed_precondition",
          message: received,
        });
    });
  }

  test("rich details, several and of several types", async (stage) => {
    const details = [
      badRequest({ "lines[0].quantity": "must be at least 1", name: "käse" }),
      detail(ErrorInfo, { reason: "STOCK", domain: "shop", metadata: { left: "2" } }),
      detail(RetryInfo, { retryDelay: { seconds: 2n, nanos: 5 } }),
      { type: "unknown.Type", value: new Uint8Array([1, 2, 3]) },
    ];
    const { client } = await stage.open({
      handlers: responding(() => {
        throw new RpcError("invalid_argument", "no", {
          details,
          metadata: { "x-more": "yes", "x-more-bin": new Uint8Array([0, 255]) },
        });
      }),
    });
    for (const kind of KINDS) {
      const error = await errorOf(callOnce(client, kind));
      expect(error.details.map(({ type }) => type)).toEqual([
        "google.rpc.BadRequest",
        "google.rpc.ErrorInfo",
        "google.rpc.RetryInfo",
        "unknown.Type",
      ]);
      expect(
        error
          .detail(BadRequest)
          ?.fieldViolations.map(({ field, description }) => [field, description]),
      ).toEqual([
        ["lines[0].quantity", "must be at least 1"],
        ["name", "käse"],
      ]);
      expect(error.detail(ErrorInfo)).toMatchObject({
        reason: "STOCK",
        domain: "shop",
        metadata: { left: "2" },
      });
      expect(error.detail(RetryInfo)?.retryDelay).toMatchObject({ seconds: 2n, nanos: 5 });
      expect([...(error.details[3]?.value ?? [])]).toEqual([1, 2, 3]);
      expect(error.metadata.get("x-more")).toBe("yes");
      expect([...(error.metadata.getBinary("x-more-bin") ?? [])]).toEqual([0, 255]);
    }
  });

  test("an error without a stack of the peer's, and with the caller's", async (stage) => {
    const { client } = await stage.open({
      handlers: responding(() => {
        throw new RpcError("not_found", "no film 7");
      }),
    });
    async function whoCalls(): Promise<void> {
      await client.unary({});
    }
    const error = await errorOf(whoCalls());
    expect(error.stack).toContain("whoCalls");
    expect(error.stack).not.toContain("test-handlers");
  });
}
