import { expect, test } from "vitest";
import {
  composeInterceptors,
  type InterceptedCall,
  type InterceptedResponse,
  type Interceptor,
  type InterceptorNext,
  responseOf,
} from "./call.js";
import { MisuseError } from "./misuse-error.js";

const innermost: InterceptorNext = () => Promise.resolve({ response: "response" });
const passes: Interceptor = (next) => (call) => next(call);
const compose = (...interceptors: unknown[]): InterceptorNext =>
  composeInterceptors(interceptors as Interceptor[], innermost, "createServer: interceptors");

test("the first listed is the outermost, and each is called once", async () => {
  const log: string[] = [];
  const noting =
    (name: string): Interceptor =>
    (next) => {
      log.push(`made ${name}`);
      return (call) => {
        log.push(name);
        return next(call);
      };
    };
  const chain = compose(noting("outer"), noting("inner"));
  const call = {} as InterceptedCall;
  await chain(call);
  await chain(call);
  expect(log).toEqual(["made inner", "made outer", "outer", "inner", "outer", "inner"]);
});

const ALLOWED = "an interceptor is (next) => (call) => next(call)";

test.each<[string, unknown]>([
  ["must return a function (got undefined); is its return missing?; ", () => undefined],
  ["must return a function (got null); ", () => null],
  ["must return a function (got object); ", async () => passes],
  ["must be a function (got undefined); ", undefined],
  ["must be a function (got object); ", {}],
])("one that %s is refused with its place", (wrong, interceptor) => {
  expect(() => compose(passes, interceptor)).toThrow(
    new MisuseError("TW_INVALID_INTERCEPTOR", `createServer: interceptors[1] ${wrong}${ALLOWED}`),
  );
});

test.each([undefined, null, {}, "response"])("what has no response is refused: %j", (value) => {
  expect(() => responseOf(value as unknown as InterceptedResponse)).toThrow(
    expect.objectContaining({ code: "TW_INVALID_RESPONSE" }),
  );
});

test("a response may be undefined, where it says so", () => {
  expect(responseOf({ response: undefined })).toBeUndefined();
});

test("an interceptor that drops the promise of next ends no process when it rejects", async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  const drops: Interceptor = (next) => (call) => {
    void next(call);
    return Promise.resolve({ response: "mine" });
  };
  const fails: InterceptorNext = () => Promise.reject(new Error("boom"));
  const chain = composeInterceptors([drops, passes], fails, "createServer: interceptors");
  expect(await chain({} as InterceptedCall)).toEqual({ response: "mine" });
  await new Promise(setImmediate);
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});
