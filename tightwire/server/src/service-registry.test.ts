import {
  type Interceptor,
  type MethodDefinition,
  type MethodKind,
  MisuseError,
  RpcError,
  type ServiceDefinition,
} from "@tightwire/core";
import { expect, test } from "vitest";
import { callerOf } from "./caller.test-support.js";
import { addHealth, HealthService } from "./health/health.js";
import { addReflection } from "./reflection/reflection.js";
import { createServer } from "./server.js";

const codec = {
  encode: (message: unknown) => Buffer.from(JSON.stringify(message)),
  decode: (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString()) as unknown,
  create: (partial: unknown) => partial,
};

function method(service: string, name: string, kind: MethodKind): MethodDefinition {
  const path = `/${service}/${name}`;
  const redacted = { request: [], response: [] };
  const policy = {};
  return {
    name,
    path,
    kind,
    idempotency: "unknown",
    policy,
    http: [],
    redacted,
    request: codec,
    response: codec,
  };
}

interface Handlers {
  get(): Promise<unknown>;
  list(): AsyncIterable<unknown>;
}

function service(name: string): ServiceDefinition<Handlers> {
  const methods = {
    get: method(name, "Get", "unary"),
    list: method(name, "List", "server_streaming"),
  };
  return { name, methods };
}

const One = service("test.One");
const Two = service("test.Two");
const handlers = (): Handlers => ({
  get: () => Promise.resolve("response"),
  async *list() {
    yield "response";
  },
});

/** Notes when it is made, and each call. */
function noting(name: string, log: string[]): Interceptor {
  return (next) => {
    log.push(`${name} made`);
    return (call) => {
      log.push(name);
      return next(call);
    };
  };
}

test("interceptors run from the server's to the service's to the method's, each made once", async () => {
  const log: string[] = [];
  const made = (name: string): Interceptor => noting(name, log);
  const server = createServer({ interceptors: [made("server"), made("server 2")] });
  server.add(One, handlers(), {
    interceptors: [made("service"), made("service 2")],
    methods: { get: { interceptors: [made("method"), made("method 2")] } },
  });
  server.add(Two, handlers(), { methods: { list: { interceptors: [made("list")] } } });
  const names = ["list", "method", "method 2", "server", "server 2", "service", "service 2"];
  expect(log.splice(0).sort()).toEqual(names.map((name) => `${name} made`).sort());
  const call = await callerOf(server);
  const through: Record<string, string[]> = {};
  for (const definition of [One, Two])
    for (const localName of ["get", "list"] as const) {
      expect(await call(definition, localName, {}).finished).toBe("ok");
      through[`${definition.name} ${localName}`] = log.splice(0);
    }
  const all = ["server", "server 2"];
  expect(through).toEqual({
    "test.One get": [...all, "service", "service 2", "method", "method 2"],
    "test.One list": [...all, "service", "service 2"],
    "test.Two get": all,
    "test.Two list": [...all, "list"],
  });
});

test("the server's interceptors do not run for health and reflection; those of their add do", async () => {
  const refuses: Interceptor = () => () =>
    Promise.reject(new RpcError("unauthenticated", "who are you"));
  const server = createServer({ interceptors: [refuses] }).add(One, handlers());
  addHealth(server);
  addReflection(server);
  const call = await callerOf(server);
  expect(await call(One, "get", {}).finished).toBe("unauthenticated: who are you");
  expect(await call(HealthService, "check", {}).finished).toBe("ok");
  for (const definition of server.services.filter(({ name }) => name.includes("reflection")))
    expect(await call(definition, "serverReflectionInfo").finished).toBe("ok");
  const own = createServer().add(
    HealthService,
    { check: async () => ({}), async *watch() {}, list: async () => ({}) } as never,
    { interceptors: [refuses] },
  );
  expect(await (await callerOf(own))(HealthService, "check", {}).finished).toContain("who are you");
});

const WANTED = "an interceptor is (next) => (call) => next(call)";
const forgets = (() => undefined) as never;

test.each<[string, () => unknown]>([
  ["createServer: interceptors[0]", () => createServer({ interceptors: [forgets] })],
  [
    "add(test.One): interceptors[0]",
    () => createServer().add(One, handlers(), { interceptors: [forgets] }),
  ],
  [
    "add(test.One): methods.get.interceptors[0]",
    () => createServer().add(One, handlers(), { methods: { get: { interceptors: [forgets] } } }),
  ],
])("%s that forgets its return is refused", (where, misuse) => {
  expect(misuse).toThrow(
    new MisuseError(
      "TW_INVALID_INTERCEPTOR",
      `${where} must return a function (got undefined); is its return missing?; ${WANTED}`,
    ),
  );
});

test("a method that the service does not have is refused, by the compiler too", () => {
  const server = createServer();
  expect(() =>
    // @ts-expect-error there is no such method
    server.add(One, handlers(), { methods: { gett: { interceptors: [] } } }),
  ).toThrow(
    new MisuseError(
      "TW_UNKNOWN_OPTION",
      'unknown option of add(test.One): methods: "gett"; allowed: get, list',
    ),
  );
  expect(() =>
    // @ts-expect-error an interceptor is not among the options of a method by this name
    server.add(One, handlers(), { methods: { get: { interceptor: [] } } }),
  ).toThrow(/unknown option of add\(test\.One\): methods\.get: "interceptor"/);
});

test("a service that is refused leaves nothing behind", async () => {
  const server = createServer();
  const partly = { ...handlers(), list: undefined } as never;
  expect(() => server.add(One, partly)).toThrow("test.One has no handler for list");
  const call = await callerOf(server);
  expect(await call(One, "get", {}).finished).toContain("unimplemented: unknown service");
  expect(server.services).toEqual([]);
  expect(server.health.get("test.One")).toBeUndefined();
});
