import {
  type CallOptions,
  type InterceptorNext,
  type MethodDefinition,
  RpcError,
} from "@tightwire/core";
import { DEFAULT_IDLE_TIMEOUT_MS } from "@tightwire/core/runtime";
import type { OpenChannel } from "../channel/channel.js";
import { ClientCall } from "./client-call.js";
import { ResponseStream } from "./response-stream.js";
import { StreamAttempt } from "./stream-attempt.js";

/** A call with a stream on either side, or both. */
export type StreamCall = ClientCall & { readonly stream: ResponseStream };

/** Makes a streaming call, which nothing is sent of before it runs. */
export function createStreamCall(
  method: MethodDefinition,
  channel: OpenChannel,
  request: unknown,
  options: CallOptions,
): StreamCall {
  const call = new ClientCall(method, channel, request, options);
  call.stream = new ResponseStream(call);
  return call as StreamCall;
}

/**
 * Starts a run of a streaming call. The responses arrive in {@link StreamCall.stream}. `finished`
 * is called when the call has finished, or when an attempt has and attempt interceptors are to
 * start the next one.
 */
export function runStream(call: StreamCall, finished?: () => void): void {
  const { options, method, channel, stream } = call;
  if (call.completion === undefined) {
    const idleMs = options.idleTimeoutMs ?? method.policy.idleTimeoutMs ?? DEFAULT_IDLE_TIMEOUT_MS;
    stream.start(channel.settings.clock, idleMs);
  }
  call.run(new StreamAttempt(call, stream, finished));
}

/** The innermost `next` of a call with many responses. */
export const sendStream: InterceptorNext = (intercepted) => {
  const call = intercepted as StreamCall;
  runStream(call);
  return Promise.resolve({ response: call.stream.messages });
};

/** As {@link sendStream}, for a call that attempt interceptors may send again until it responds. */
export const sendUntilBegun: InterceptorNext = async (intercepted) => {
  const call = intercepted as StreamCall;
  await new Promise<void>((resolve) => {
    call.stream.onBegin(resolve);
    runStream(call, resolve);
  });
  if (call.view?.unprocessed !== undefined) throw call.view.unprocessed;
  return { response: call.stream.messages };
};

/** The innermost `next` of a client-streaming call. */
export const sendForOneResponse: InterceptorNext = async (intercepted) => {
  const call = intercepted as StreamCall;
  const { messages } = call.stream;
  runStream(call);
  const first = await messages.next();
  if (first.done === true)
    throw new RpcError("internal", `${call.path} responded without a message`, { call: call.path });
  const second = await messages.next();
  if (second.done !== true) {
    await messages.return();
    throw new RpcError("internal", `${call.path} responded with more than one message`, {
      call: call.path,
    });
  }
  return { response: first.value };
};
