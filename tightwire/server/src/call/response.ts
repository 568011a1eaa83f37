import { type MethodDefinition, MisuseError } from "@tightwire/core";

/**
 * The iterator of a handler's responses. An async function that returns them is allowed, as it is
 * inside interceptors; what it rejects with is thrown. Throws a MisuseError when there is nothing
 * to iterate over.
 */
export function iterateResponses(
  method: MethodDefinition,
  responses: unknown,
): AsyncIterator<unknown> | Promise<AsyncIterator<unknown>> {
  return iteratorOf(responses) ?? iterateLater(method, responses);
}

async function iterateLater(
  method: MethodDefinition,
  responses: unknown,
): Promise<AsyncIterator<unknown>> {
  const resolved = await responses;
  const iterator = iteratorOf(resolved);
  if (iterator !== undefined) return iterator;
  throw new MisuseError(
    "TW_INVALID_RESPONSE",
    `the handler of ${method.path} must return an async iterable, such as a generator's ` +
      `(got ${resolved === null ? "null" : typeof resolved})`,
  );
}

function iteratorOf(responses: unknown): AsyncIterator<unknown> | undefined {
  const iterable = responses as Partial<AsyncIterable<unknown>> | null | undefined;
  const iterate = iterable?.[Symbol.asyncIterator];
  return typeof iterate === "function" ? iterate.call(iterable) : undefined;
}

/** The error of a handler that returned no response, or a stream with none among its messages. */
export function noResponse(method: MethodDefinition, response: unknown): MisuseError {
  return new MisuseError(
    "TW_INVALID_RESPONSE",
    `the handler of ${method.path} returned ${String(response)}; it must return its response`,
  );
}
