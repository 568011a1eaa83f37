import type { ErrorDefinition, ErrorDefinitions, PartialMessage } from "./definition.js";
import { detail as packDetail } from "./detail.js";
import { RpcError } from "./error.js";
import { ErrorInfo } from "./gen/google/rpc/error_details.js";

/** Makes one declared error, to be thrown: with its detail, where it has one, and a message. */
export type ErrorConstructor<Detail> = [Detail] extends [undefined]
  ? (message: string) => RpcError
  : (detail: PartialMessage<Detail>, message: string) => RpcError;

/** Makes the declared errors of a method: `call.errors.outOfStock({ left }, "only 2 left")`. */
export type ErrorConstructors<Errors> = {
  readonly [Name in keyof Errors]: Errors[Name] extends ErrorDefinition<infer Detail>
    ? ErrorConstructor<Detail>
    : never;
};

/** A declared error that was caught: its name, what it carries, and the error itself. */
export type CaughtError<Errors> = {
  [Name in keyof Errors]: Errors[Name] extends ErrorDefinition<infer Detail>
    ? { readonly name: Name; readonly detail: Detail; readonly error: RpcError }
    : never;
}[keyof Errors];

/** What to do with each declared error. */
export type ErrorMatchers<Errors, Result> = {
  readonly [Name in keyof Errors]: Errors[Name] extends ErrorDefinition<infer Detail>
    ? (detail: Detail, error: RpcError) => Result
    : never;
};

/** Which declaration an error was made from. Errors of a peer are not in it. */
const declarations = new WeakMap<RpcError, ErrorDefinition>();

/**
 * Makes the functions that make the declared errors of a method. Each throws an Error when its
 * detail cannot be encoded.
 */
export function errorConstructors(
  definitions: ErrorDefinitions,
): Readonly<Record<string, (...given: never[]) => RpcError>> {
  return Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => [
      name,
      definition.detail === undefined
        ? (message: string) => declare(definition, undefined, message)
        : (value: object, message: string) => declare(definition, value, message),
    ]),
  );
}

function declare(
  definition: ErrorDefinition,
  value: object | undefined,
  message: string,
): RpcError {
  const { reason, domain, code, detail } = definition;
  const details = [packDetail(ErrorInfo, { reason, domain })];
  if (detail !== undefined)
    details.push({
      type: detail.type,
      value: detail.codec.encode(detail.codec.create(value as never)),
    });
  const error = new RpcError(code, message, { details });
  declarations.set(error, definition);
  return error;
}

/** What an error was made from by a constructor of {@link errorConstructors}, if it was. */
export function declarationOf(error: RpcError): ErrorDefinition | undefined {
  return declarations.get(error);
}

/**
 * Which of these declared errors was caught: undefined when it is none of them, or when what it
 * should carry is missing or broken. On both sides; a peer in any language may have sent it.
 *
 *     const caught = findError(error, OrdersErrors);
 *     if (caught?.name === "outOfStock") console.log(caught.detail.available);
 */
export function findError<Errors extends object>(
  error: unknown,
  definitions: Errors,
): CaughtError<Errors> | undefined {
  if (!(error instanceof RpcError)) return undefined;
  const info = infoOf(error);
  if (info === undefined) return undefined;
  for (const [name, definition] of Object.entries(definitions as ErrorDefinitions)) {
    if (definition.reason !== info.reason || definition.domain !== info.domain) continue;
    const found = readDetail(error, definition);
    return found === undefined ? undefined : ({ name, ...found, error } as CaughtError<Errors>);
  }
  return undefined;
}

/**
 * Calls the function of the declared error that was caught, and `otherwise` for anything else that
 * was caught. Returns what that returns.
 *
 *     return matchError(
 *       error,
 *       OrdersErrors,
 *       { outOfStock: ({ products }) => `${products.length} products cannot be had` },
 *       (other) => { throw other; },
 *     );
 */
export function matchError<Errors extends object, Result>(
  error: unknown,
  definitions: Errors,
  matchers: ErrorMatchers<NoInfer<Errors>, Result>,
  otherwise: (error: unknown) => Result,
): Result {
  const caught = findError(error, definitions);
  if (caught === undefined) return otherwise(error);
  const matcher = matchers[caught.name] as (detail: unknown, error: RpcError) => Result;
  return matcher(caught.detail, caught.error);
}

function infoOf(error: RpcError): ErrorInfo | undefined {
  try {
    return error.detail(ErrorInfo);
  } catch {
    return undefined; // bytes that are no ErrorInfo
  }
}

function readDetail(
  error: RpcError,
  { detail }: ErrorDefinition,
): { readonly detail: unknown } | undefined {
  if (detail === undefined) return { detail: undefined };
  const sent = error.details.find(({ type }) => type === detail.type);
  if (sent === undefined) return undefined;
  try {
    return { detail: detail.codec.decode(sent.value) };
  } catch {
    return undefined; // bytes that are no such message
  }
}
