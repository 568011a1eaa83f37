import {
  type Acceptor,
  type IncomingCall,
  type IncomingSink,
  StatusNumber,
  SYSTEM,
} from "@tightwire/core/runtime";
import { errorOf } from "@tightwire/testing";
import { expect } from "vitest";
import { TestService } from "../gen/tightwire/testing/v1/test.service.js";
import type { Suite } from "../suite.js";
import { callOnce, KINDS } from "../test-handlers.js";

const boom = (): never => {
  throw new Error("boom");
};

/** What happens when the server above the transport throws. */
export function serverFault({ test }: Suite): void {
  const faults: Readonly<Record<string, (call: IncomingCall, sink: IncomingSink) => void>> = {
    open: boom,
    start: (_call, sink) => Object.assign(sink, { start: boom }),
    message: (_call, sink) => Object.assign(sink, { message: boom }),
    "the end of the requests": (_call, sink) => Object.assign(sink, { halfClosed: boom }),
    "message, and cancelled": (_call, sink) =>
      Object.assign(sink, { message: boom, cancelled: boom }),
  };
  for (const [where, breakIt] of Object.entries(faults))
    test(`what the server's own code throws in ${where} fails that call alone`, async (stage) => {
      const reported: string[] = [];
      const acceptor: Acceptor = {
        maxMessageBytes: 1_000,
        ...SYSTEM,
        report: (_thrown, what, path) => void reported.push(`${what} ${path}`),
        open(call) {
          const sink = echoing(call);
          if (call.metadata.has("broken")) breakIt(call, sink);
          return sink;
        },
      };
      const listener = await stage.openRaw(acceptor);
      const { client } = stage.channelTo(listener);
      const sibling = client.unary({ text: "sibling" });
      for (const kind of KINDS) {
        const error = await errorOf(callOnce(client, kind, { metadata: { broken: "yes" } }));
        expect(error, kind).toMatchObject({ code: "internal", message: "internal error" });
      }
      expect(await sibling).toBeDefined();
      expect(await client.unary({})).toBeDefined();
      const once = where.includes("cancelled") ? 2 : 1;
      expect(reported).toEqual(
        KINDS.flatMap((kind) => Array(once).fill(`the server ${TestService.methods[kind]?.path}`)),
      );
    });
}

/** Responds with an empty message once all requests came. */
function echoing(call: IncomingCall): IncomingSink {
  return {
    kind: "accepted",
    start: () => call.pull(Number.MAX_SAFE_INTEGER),
    message: () => {},
    halfClosed() {
      call.write(new Uint8Array(), false);
      call.finish({ code: StatusNumber.OK, message: "", trailers: undefined });
      call.handlerFinished();
    },
    drained: () => {},
    cancelled: () => call.handlerFinished(),
  };
}
