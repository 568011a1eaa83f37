import { MisuseError } from "@tightwire/core";
import type { StreamHandle } from "@tightwire/core/runtime";
import { expect, test, vi } from "vitest";
import { type RequestRun, RequestSender } from "./request-sender.js";

/** A run that sends `requests` of a call which sent `consumed` before. */
function runOf(requests: unknown, consumed?: unknown) {
  const cancel = vi.fn();
  const call = { path: "/shop.v1.Shop/Put", stream: { consumedRequests: consumed } };
  const run = { sent: { call, request: requests }, completion: undefined, cancel };
  return { run: run as unknown as RequestRun, cancel };
}

test.each([
  [undefined, "undefined"],
  [{ text: "one message" }, "object"],
  [7, "number"],
])("requests that are no iterable cancel the run: %j", async (request, type) => {
  const { run, cancel } = runOf(request);
  await new RequestSender(run, {} as StreamHandle).sendAll();
  expect(cancel.mock.calls).toEqual([
    [{ code: 1, message: "the caller's requests failed" }, expect.any(MisuseError)],
  ]);
  expect(cancel.mock.calls[0]?.[1]).toMatchObject({
    code: "TW_INVALID_REQUESTS",
    message: `the requests of a stream must be an iterable or async iterable of messages (got ${type})`,
  });
});

test("requests that can be iterated over once are not sent twice", async () => {
  async function* requests() {}
  const once = requests();
  const { run, cancel } = runOf(once, once);
  await new RequestSender(run, {} as StreamHandle).sendAll();
  expect(cancel.mock.calls[0]?.[1]).toMatchObject({ code: "TW_REQUESTS_CONSUMED" });
});
