import type {
  CallOptions,
  InterceptorNext,
  MethodDefinition,
  ServiceDefinition,
} from "@tightwire/core";
import { StatusNumber } from "@tightwire/core/runtime";
import { ClientCall } from "./call/client-call.js";
import { interceptedResponses } from "./call/intercepted-responses.js";
import { interceptCalls, runInterceptors } from "./call/interceptors.js";
import {
  createStreamCall,
  runStream,
  sendForOneResponse,
  sendStream,
  sendUntilBegun,
} from "./call/stream-call.js";
import { runUnary, sendUnary, takeResponse } from "./call/unary-call.js";
import { type Channel, type OpenChannel, openChannel } from "./channel/channel.js";

/**
 * A method with its message types erased: here and nowhere else on this side. The generated client
 * interface gives them back.
 */
type ErasedMethod = (request: unknown, options?: CallOptions) => unknown;

/**
 * Makes a typed client of a service. Many clients may share one channel. Unary and client-streaming
 * methods return promises, the others async iterables. Failed calls reject with an RpcError.
 * Leaving a `for await` early, or aborting `signal`, cancels the call on both sides. Throws a
 * MisuseError (`TW_NOT_A_CHANNEL`) when `createChannel` did not make `channel`.
 */
export function createClient<Handlers, Client>(
  definition: ServiceDefinition<Handlers, Client>,
  channel: Channel,
): Client {
  const open = openChannel(channel);
  const client: Record<string, ErasedMethod> = {};
  for (const [localName, method] of Object.entries(definition.methods))
    client[localName] = erasedMethod(method, open);
  return client as Client;
}

/** Tells the four kinds of call apart: here, and only here on this side. */
function erasedMethod(method: MethodDefinition, channel: OpenChannel): ErasedMethod {
  const { settings } = channel;
  const send = settings.attemptInterceptors.length === 0 ? sendStream : sendUntilBegun;
  switch (method.kind) {
    case "unary":
      return unaryMethod(method, channel, interceptCalls(settings, sendUnary));
    case "server_streaming":
      return manyResponses(method, channel, interceptCalls(settings, send));
    case "bidi_streaming":
      return manyResponses(method, channel, interceptCalls(settings, sendStream));
    case "client_streaming":
      return oneResponse(method, channel, interceptCalls(settings, sendForOneResponse));
  }
}

// Unary and client-streaming methods are async functions of their own: an error thrown after an
// await has the caller's stack frames, at no cost to calls that succeed.

function unaryMethod(
  method: MethodDefinition,
  channel: OpenChannel,
  intercepted: InterceptorNext | undefined,
): ErasedMethod {
  return async (request, options = NO_OPTIONS) => {
    const call = new ClientCall(method, channel, request, options);
    if (intercepted !== undefined) return (await runInterceptors(intercepted, call)).response;
    await new Promise<ClientCall>((resolve) => runUnary(call, resolve));
    if (call.completion?.code !== StatusNumber.OK) throw call.failure();
    return takeResponse(call);
  };
}

function manyResponses(
  method: MethodDefinition,
  channel: OpenChannel,
  intercepted: InterceptorNext | undefined,
): ErasedMethod {
  return (request, options = NO_OPTIONS) => {
    const call = createStreamCall(method, channel, request, options);
    if (intercepted !== undefined)
      return interceptedResponses(runInterceptors(intercepted, call), call);
    runStream(call);
    return call.stream.messages;
  };
}

function oneResponse(
  method: MethodDefinition,
  channel: OpenChannel,
  intercepted: InterceptorNext | undefined,
): ErasedMethod {
  return async (request, options = NO_OPTIONS) => {
    const call = createStreamCall(method, channel, request, options);
    if (intercepted !== undefined) return (await runInterceptors(intercepted, call)).response;
    return (await sendForOneResponse(call)).response;
  };
}

const NO_OPTIONS: CallOptions = {};
