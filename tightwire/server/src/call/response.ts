import { type MethodDefinition, MisuseError } from "@tightwire/core";

/** The iterator of a handler's responses. Throws a MisuseError when they cannot be iterated. */
export function iterateResponses(
  method: MethodDefinition,
  responses: unknown,
): AsyncIterator<unknown> {
  const iterable = responses as Partial<AsyncIterable<unknown>> | null | undefined;
  const iterate = iterable?.[Symbol.asyncIterator];
  if (typeof iterate === "function") return iterate.call(iterable);
  throw new MisuseError(
    "TW_INVALID_RESPONSE",
    `the handler of ${method.path} must return an async iterable, such as a generator's ` +
      `(got ${responses === null ? "null" : typeof responses})`,
  );
}

/** Encodes a response; the error says so when the handler returned none. */
export function encodeResponse(method: MethodDefinition, response: unknown): Uint8Array {
  try {
    return method.response.encode(response);
  } catch (cause) {
    if (response !== undefined && response !== null) throw cause;
    throw new MisuseError(
      "TW_INVALID_RESPONSE",
      `the handler of ${method.path} returned ${String(response)}; it must return its response`,
      { cause },
    );
  }
}
