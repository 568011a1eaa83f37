import { type StartedCall, unaryCaller } from "@tightwire/client/runtime";
import {
  type CallOptions,
  type InterceptedResponse,
  type Interceptor,
  type MethodDefinition,
  RpcError,
} from "@tightwire/core";
import { aborted, eventually } from "@tightwire/testing";
import { expect } from "vitest";
import type { UnaryRequest, UnaryResponse } from "../gen/tightwire/testing/v1/test.js";
import { TestService } from "../gen/tightwire/testing/v1/test.service.js";
import type { Pair } from "../stage.js";
import type { Suite } from "../suite.js";
import { testMessage } from "../test-messages.js";

/** All that a caller heard of a call. */
type Heard = [error: RpcError | undefined, response: UnaryResponse | undefined][];

const METHOD = TestService.methods["unary"] as unknown as MethodDefinition<
  UnaryRequest,
  UnaryResponse
>;

function start(
  { channel }: Pair,
  options: CallOptions = {},
): { started: StartedCall; heard: Heard; ended: Promise<unknown> } {
  const heard: Heard = [];
  const started = unaryCaller(METHOD, channel)(testMessage({ text: "asked" }), options, (...end) =>
    heard.push(end),
  );
  return { started, heard, ended: eventually(() => expect(heard).toHaveLength(1)) };
}

/** Callers that are called back rather than given a promise: the gateway is one. */
export function calledBack({ test }: Suite): void {
  test("hear the response, once", async (stage) => {
    const { heard, ended } = start(
      await stage.open({
        handlers: {
          unary: ({ text }) => Promise.resolve(testMessage({ text: `${text}, responded` })),
        },
      }),
    );
    await ended;
    expect(heard).toEqual([[undefined, expect.objectContaining({ text: "asked, responded" })]]);
  });

  test("hear an error, as others catch it", async (stage) => {
    const { heard, ended } = start(
      await stage.open({
        handlers: { unary: () => Promise.reject(new RpcError("not_found", "no such thing")) },
      }),
    );
    await ended;
    expect(heard[0]?.[0]).toBeInstanceOf(RpcError);
    expect(heard).toEqual([
      [expect.objectContaining({ code: "not_found", message: "no such thing" }), undefined],
    ]);
  });

  test("abort a call: with its reason here, and for its handler", async (stage) => {
    const { log } = stage;
    const pair = await stage.open({
      handlers: {
        async unary(_request, call) {
          log.add("began");
          await aborted(call.signal);
          log.add("aborted");
          return testMessage();
        },
      },
    });
    const { started, heard } = start(pair);
    await log.until("began");
    const reason = new Error("changed my mind");
    started.abort(reason);
    started.abort(new Error("again"));
    expect(heard).toEqual([
      [expect.objectContaining({ code: "cancelled", cause: reason }), undefined],
    ]);
    await log.until("aborted");
  });

  test("go through the interceptors of their channel", async (stage) => {
    const pair = await stage.open({
      channel: {
        interceptors: [
          (next) => async (call) => {
            if (call.metadata.has("refuse")) throw new RpcError("permission_denied", "refused");
            return {
              response: testMessage({
                text: `around ${((await next(call)).response as UnaryResponse).text}`,
              }),
            };
          },
        ],
      },
      handlers: { unary: () => Promise.resolve(testMessage({ text: "the response" })) },
    });
    const good = start(pair);
    const bad = start(pair, { metadata: { refuse: "yes" } });
    await Promise.all([good.ended, bad.ended]);
    expect(good.heard).toEqual([
      [undefined, expect.objectContaining({ text: "around the response" })],
    ]);
    expect(bad.heard).toEqual([
      [expect.objectContaining({ code: "permission_denied" }), undefined],
    ]);
  });

  test("hear of an interceptor that forgets its response, too", async (stage) => {
    const forgetful: Interceptor = (next) => async (call) => {
      await next(call);
      return undefined as unknown as InterceptedResponse;
    };
    const { heard, ended } = start(
      await stage.open({
        channel: { interceptors: [forgetful] },
        handlers: { unary: () => Promise.resolve(testMessage()) },
      }),
    );
    await ended;
    expect(heard).toEqual([[expect.any(RpcError), undefined]]);
  });

  test("hear of a call that never begins", async (stage) => {
    const { heard, ended } = start(await stage.open(), {
      signal: AbortSignal.abort(new Error("before")),
    });
    await ended;
    expect(heard).toEqual([[expect.objectContaining({ code: "cancelled" }), undefined]]);
  });
}
