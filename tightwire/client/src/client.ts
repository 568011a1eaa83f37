import type { CallOptions, MethodDefinition, ServiceDefinition } from "@tightwire/core";
import { StatusNumber } from "@tightwire/core/runtime";
import { checkCallOptions } from "./call/call-options.js";
import { ClientCall } from "./call/client-call.js";
import { InterceptedResponses } from "./call/intercepted-responses.js";
import { intercept } from "./call/interceptors.js";
import { onlyMessage } from "./call/send.js";
import { createStreamCall, runStream } from "./call/stream-call.js";
import { makeUnary, takeResponse } from "./call/unary-call.js";
import { type Channel, type OpenChannel, openChannel } from "./channel/channel.js";
import { checkDefinition } from "./check-definition.js";

/**
 * A method with its message types erased: here and nowhere else on this side. The generated client
 * interface gives them back.
 */
type ErasedMethod = (request: unknown, options?: CallOptions) => unknown;

/**
 * Makes a typed client of a service. Many clients may share one channel. Unary and client-streaming
 * methods return promises, the others async iterables. Failed calls reject with an RpcError.
 * Leaving a `for await` early, or aborting `signal`, cancels the call on both sides. Throws a
 * MisuseError when `definition` is not a service's (`TW_INVALID_OPTION`), or `createChannel` did
 * not make `channel` (`TW_NOT_A_CHANNEL`). Its methods reject, or throw where they return an
 * iterable, with a MisuseError for an option that is unknown (`TW_UNKNOWN_OPTION`) or has a value
 * that is not allowed (`TW_INVALID_OPTION`).
 */
export function createClient<Handlers, Client>(
  definition: ServiceDefinition<Handlers, Client>,
  channel: Channel,
): Client {
  checkDefinition("createClient", definition);
  const open = openChannel(channel);
  const client: Record<string, ErasedMethod> = {};
  for (const [localName, method] of Object.entries(definition.methods))
    client[localName] = erasedMethod(open.settings.withPolicy(method), open);
  return client as Client;
}

/** Tells the four kinds of call apart. */
function erasedMethod(method: MethodDefinition, channel: OpenChannel): ErasedMethod {
  switch (method.kind) {
    case "unary":
      return unaryMethod(method, channel);
    case "client_streaming":
      return oneResponse(method, channel);
    default:
      return manyResponses(method, channel);
  }
}

// Unary and client-streaming methods are async functions of their own: an error thrown after an
// await has the caller's stack frames, at no cost to calls that succeed.

function unaryMethod(method: MethodDefinition, channel: OpenChannel): ErasedMethod {
  const { chain } = channel.settings;
  return async (request, options = NO_OPTIONS) => {
    if (options !== NO_OPTIONS) checkCallOptions(options, method.path);
    const call = new ClientCall(method, channel, request, options);
    await new Promise<void>((resolve) => makeUnary(call, chain, resolve));
    if (call.completion?.code !== StatusNumber.OK) throw call.failure();
    return takeResponse(call);
  };
}

function manyResponses(method: MethodDefinition, channel: OpenChannel): ErasedMethod {
  const { chain } = channel.settings;
  return (request, options = NO_OPTIONS) => {
    checkCallOptions(options, method.path);
    const call = createStreamCall(method, channel, request, options);
    return chain === undefined ? runStream(call).messages : new InterceptedResponses(call, chain);
  };
}

function oneResponse(method: MethodDefinition, channel: OpenChannel): ErasedMethod {
  const { chain } = channel.settings;
  return async (request, options = NO_OPTIONS) => {
    checkCallOptions(options, method.path);
    const call = createStreamCall(method, channel, request, options);
    if (chain === undefined) return await onlyMessage(runStream(call));
    await new Promise<void>((resolve) => {
      if (call.start(resolve)) void intercept(chain, call);
    });
    if (call.completion?.code !== StatusNumber.OK) throw call.failure();
    return takeResponse(call);
  };
}

const NO_OPTIONS: CallOptions = {};
