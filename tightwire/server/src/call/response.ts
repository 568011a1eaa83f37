import { type MethodDefinition, MisuseError } from "@tightwire/core";
import { validate, violationText } from "@tightwire/core/runtime";
import type { ServedMethod } from "../method.js";

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

/**
 * Encodes a handler's response into lent memory. Throws an Error when there is none, it cannot be
 * encoded, or it breaks a rule of the contract and responses are checked.
 */
export function encodeResponse(
  { definition: method, validateResponses, clock }: ServedMethod,
  response: unknown,
): Uint8Array {
  if (response === undefined || response === null) throw noResponse(method, response);
  if (validateResponses && method.checkResponse !== undefined) {
    const broken = validate(method.checkResponse, response, clock);
    if (broken !== undefined)
      throw new Error(violationText(`the response of ${method.path}`, broken));
  }
  return method.response.encode(response, true);
}

/** The error of a handler that returned no response, or a stream with none among its messages. */
function noResponse(method: MethodDefinition, response: unknown): MisuseError {
  return new MisuseError(
    "TW_INVALID_RESPONSE",
    `the handler of ${method.path} returned ${String(response)}; it must return its response`,
  );
}
