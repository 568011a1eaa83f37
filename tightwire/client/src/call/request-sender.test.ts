import { MisuseError } from "@tightwire/core";
import type { StreamHandle } from "@tightwire/core/runtime";
import { expect, test, vi } from "vitest";
import type { ClientCall } from "./client-call.js";
import { RequestSender } from "./request-sender.js";
import type { ResponseStream } from "./response-stream.js";

test.each([
  [undefined, "undefined"],
  [{ text: "one message" }, "object"],
  [7, "number"],
])("requests that are no iterable cancel the call: %j", async (request, type) => {
  const call = { request, completion: undefined, errorCause: undefined, cancel: vi.fn() };
  const sender = new RequestSender(
    call as unknown as ClientCall,
    {} as ResponseStream,
    {} as StreamHandle,
  );
  await sender.sendAll();
  expect(call.cancel.mock.calls).toEqual([[{ code: 1, message: "the caller's requests failed" }]]);
  expect(call.errorCause).toBeInstanceOf(MisuseError);
  expect(call.errorCause).toMatchObject({
    code: "TW_INVALID_REQUESTS",
    message: `the requests of a stream must be an iterable or async iterable of messages (got ${type})`,
  });
});
