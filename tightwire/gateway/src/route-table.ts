import type { DescMethod, DescService } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel as Level } from "@bufbuild/protobuf/wkt";
import type { Channel } from "@tightwire/client";
import { nameOfMethod, pathOfMethod, pathShape, type Route } from "@tightwire/contract";
import { MisuseError, type Policy } from "@tightwire/core";
import type { Backend } from "./backend.js";
import { createConnectEndpoint } from "./connect/endpoint.js";
import { createGrpcWebEndpoint } from "./grpc-web/endpoint.js";
import type { Endpoint, RoutedExchange } from "./http/exchange.js";
import { createRouter, type Match, type Router } from "./http/router.js";
import type { JsonSettings } from "./json/message-json.js";
import { createRestEndpoint } from "./rest/endpoint.js";
import { createSocketEndpoint, type SocketEndpoint } from "./rest/web-socket.js";

/** The endpoints of a gateway: built when services are added, looked up for each request. */
export interface RouteTable {
  /** Routes, by HTTP method; `*` for any. */
  readonly rest: ReadonlyMap<string, Router<Endpoint<RoutedExchange>>>;
  /** Methods by name: `/shop.catalog.v1.CatalogService/GetProduct`. */
  readonly rpc: ReadonlyMap<string, RpcEndpoints>;
  /** WebSockets of streaming methods. */
  readonly sockets: Router<SocketEndpoint>;
}

/** The endpoints of a method that is called by its name. */
export interface RpcEndpoints {
  readonly grpcWeb: Endpoint;
  readonly connect: Endpoint;
  /** Whether Connect may call it with GET. */
  readonly byGet: boolean;
}

/** A route table that services are added to. */
export interface RouteTableBuilder extends RouteTable {
  /**
   * Adds a service. Throws a MisuseError when the service or one of its routes was added before.
   */
  add(served: ServedService): void;
}

/** A service, and how to call it. */
export interface ServedService {
  readonly service: DescService;
  readonly routes: readonly Route[];
  readonly channel: Channel;
  /** The resolved policy of each method, by the method's name. */
  readonly policies: ReadonlyMap<string, Policy>;
  readonly json: JsonSettings;
}

/** Makes an empty route table. */
export function createRouteTable(): RouteTableBuilder {
  const rest = new Map<string, Router<Endpoint<RoutedExchange>>>();
  const rpc = new Map<string, RpcEndpoints>();
  const sockets = createRouter<SocketEndpoint>();
  const taken = new Map<string, string>();
  const socketShapes = new Set<string>();

  function addRoute(route: Route, served: ServedService): void {
    const { method, verb, template } = route;
    const name = nameOfMethod(method);
    const shape = pathShape(template);
    const earlier = taken.get(`${verb} ${shape}`);
    if (earlier !== undefined)
      throw new MisuseError(
        "TW_DUPLICATE_ROUTE",
        `${verb} ${template.text} of ${name} matches the same requests as a route of ${earlier}`,
      );
    taken.set(`${verb} ${shape}`, name);
    const { json } = served;
    const backend = backendOf(method, served);
    const router = rest.get(verb) ?? createRouter<Endpoint<RoutedExchange>>();
    rest.set(verb, router);
    router.add(template, createRestEndpoint(route, backend, json));
    const socket = createSocketEndpoint(route, backend, json);
    // A WebSocket is opened with GET, so its route depends on the path alone: the first route with
    // this path gets it.
    if (socket === undefined || socketShapes.has(shape)) return;
    socketShapes.add(shape);
    sockets.add(template, socket);
  }

  return {
    rest,
    rpc,
    sockets,
    add(served) {
      const { service, routes, json } = served;
      for (const method of service.methods) {
        const path = pathOfMethod(method);
        if (rpc.has(path))
          throw new MisuseError("TW_DUPLICATE_SERVICE", `${service.typeName} was added twice`);
        const backend = backendOf(method, served);
        const byGet = method.methodKind === "unary" && method.idempotency === Level.NO_SIDE_EFFECTS;
        rpc.set(path, {
          grpcWeb: createGrpcWebEndpoint(backend),
          connect: createConnectEndpoint(backend, json),
          byGet,
        });
      }
      for (const route of routes) addRoute(route, served);
    },
  };
}

function backendOf(method: DescMethod, { channel, policies }: ServedService): Backend {
  return { method, channel, policy: policies.get(method.name) ?? {} };
}

/** Finds the REST endpoint of a request. A HEAD without a route of its own uses the GET route. */
export function findRest(
  { rest }: RouteTable,
  verb: string,
  path: string,
): Match<Endpoint<RoutedExchange>> | undefined {
  return (
    rest.get(verb)?.find(path) ??
    (verb === "HEAD" ? rest.get("GET")?.find(path) : undefined) ??
    rest.get("*")?.find(path)
  );
}

/** The HTTP methods that have a route for a path. */
export function verbsOf({ rest }: RouteTable, path: string): string[] {
  return [...rest]
    .flatMap(([verb, router]) => (router.find(path) === undefined ? [] : [verb]))
    .sort();
}
