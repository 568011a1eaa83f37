import type { Interceptor } from "@tightwire/core";
import { expect, test } from "vitest";
import { createChannel } from "./create-channel.js";

const forgetful = (() => undefined) as unknown as Interceptor;

test.each(["interceptors", "attemptInterceptors"] as const)(
  "one of %s that forgets its return is refused when the channel is made",
  (list) => {
    const made = () => createChannel("127.0.0.1:1", { [list]: [forgetful] });
    expect(made).toThrow(
      expect.objectContaining({
        code: "TW_INVALID_INTERCEPTOR",
        message: expect.stringContaining(`createChannel: ${list}[0] must return a function`),
      }),
    );
  },
);
