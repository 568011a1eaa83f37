import {
  type CallOptions,
  type InterceptedResponse,
  type InterceptorNext,
  type MethodDefinition,
  RpcError,
  type ServiceDefinition,
} from "@tightwire/core";
import { StatusNumber } from "@tightwire/core/runtime";
import { type Channel, type OpenChannel, openChannel } from "./channel.js";
import { chain, endedBy, failure, sendUnary, throughLayers } from "./layers.js";
import { StreamClientCall } from "./stream.js";
import { UnaryClientCall } from "./unary.js";

/**
 * A method with its message types erased: here and nowhere else on this side. The generated client
 * interface gives them back.
 */
type ErasedMethod = (request: unknown, options?: CallOptions) => unknown;

/**
 * A typed client of a service, over a channel that may serve many clients. Unary and
 * client-streaming methods return promises, the others async iterables; failed calls reject with an
 * {@link RpcError}. Leaving a `for await` early, or aborting `signal`, cancels the call on both
 * sides.
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

/** Here, and only here on this side, the kinds of call are told apart. */
function erasedMethod(method: MethodDefinition, channel: OpenChannel): ErasedMethod {
  const { settings } = channel;
  switch (method.kind) {
    case "unary":
      return unaryMethod(method, channel, chain(settings, sendUnary));
    case "server_streaming":
      return manyResponses(
        method,
        channel,
        chain(settings, settings.attemptInterceptors.length === 0 ? sendStream : sendUntilAnswered),
      );
    case "bidi_streaming":
      return manyResponses(method, channel, chain(settings, sendStream));
    case "client_streaming":
      return oneResponse(method, channel, chain(settings, sendOneResponse));
  }
}

// Each is an async function of its own: an error thrown after an await carries the caller's frames,
// at no cost to calls that succeed.

function unaryMethod(
  method: MethodDefinition,
  channel: OpenChannel,
  layered: InterceptorNext | undefined,
): ErasedMethod {
  return async (request, options = NO_OPTIONS) => {
    const call = new UnaryClientCall(method, channel, request, options);
    if (layered !== undefined) return (await throughLayers(layered, call)).response;
    await call.run();
    if (call.end?.code !== StatusNumber.OK) throw failure(call);
    return call.takeResponse();
  };
}

function manyResponses(
  method: MethodDefinition,
  channel: OpenChannel,
  layered: InterceptorNext | undefined,
): ErasedMethod {
  return (request, options = NO_OPTIONS) => {
    const call = new StreamClientCall(method, channel, request, options);
    if (layered !== undefined) return layeredResponses(throughLayers(layered, call), call);
    call.run();
    return call.responses;
  };
}

function oneResponse(
  method: MethodDefinition,
  channel: OpenChannel,
  layered: InterceptorNext | undefined,
): ErasedMethod {
  return async (request, options = NO_OPTIONS) => {
    const call = new StreamClientCall(method, channel, request, options);
    if (layered !== undefined) return (await throughLayers(layered, call)).response;
    return (await sendOneResponse(call)).response;
  };
}

const NO_OPTIONS: CallOptions = {};

const sendStream: InterceptorNext = (intercepted) => {
  const call = intercepted as StreamClientCall;
  call.run();
  return Promise.resolve({ response: call.responses });
};

/** As {@link sendStream}, for a stream that may be sent again until its answer begins. */
const sendUntilAnswered: InterceptorNext = async (intercepted) => {
  const call = intercepted as StreamClientCall;
  call.run();
  await call.answered();
  if (call.unprocessed !== undefined) throw call.unprocessed;
  return { response: call.responses };
};

const sendOneResponse: InterceptorNext = async (intercepted) => {
  const call = intercepted as StreamClientCall;
  call.run();
  const first = await call.responses.next();
  if (first.done === true)
    throw new RpcError("internal", `${call.path} answered without a message`, { call: call.path });
  const second = await call.responses.next();
  if (second.done !== true) {
    await call.responses.return();
    throw new RpcError("internal", `${call.path} answered with more than one message`, {
      call: call.path,
    });
  }
  return { response: first.value };
};

/**
 * The responses that the layers let through. The call is on its way before anybody reads, and
 * leaving ends it even when nobody did.
 */
function layeredResponses(
  reply: Promise<InterceptedResponse>,
  call: StreamClientCall,
): AsyncIterableIterator<unknown> {
  const iterator = reply.then(({ response }) =>
    (response as AsyncIterable<unknown>)[Symbol.asyncIterator](),
  );
  iterator.catch(() => {}); // told to whoever reads
  return {
    async next() {
      try {
        return await (await iterator).next();
      } catch (thrown) {
        throw endedBy(thrown, call);
      }
    },
    async return() {
      const done = { done: true, value: undefined } as const;
      await call.responses.return();
      await iterator.then(
        (one) => one.return?.(),
        () => {},
      );
      return done;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
