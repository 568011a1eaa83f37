import type { DescMethod, DescService } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel as Level } from "@bufbuild/protobuf/wkt";
import type { Channel } from "@tightwire/client";
import type { Policy } from "@tightwire/core";
import { nameOfMethod, pathShape, type Route } from "@tightwire/routes";
import { type Backend, pathOfMethod } from "./backend.js";
import { createConnectEndpoint } from "./connect/endpoint.js";
import { createGrpcWebEndpoint } from "./grpc-web/endpoint.js";
import type { Endpoint, RoutedExchange } from "./http/exchange.js";
import { createRouter, type Match, type Router } from "./http/router.js";
import type { JsonSettings } from "./json/message-json.js";
import { createRestEndpoint } from "./rest/endpoint.js";
import { createSocketEndpoint, type SocketEndpoint } from "./rest/web-socket.js";

/** What a gateway answers: worked out when services are added, looked up for each request. */
export interface RouteTable {
  /** By HTTP method, `*` for any. */
  readonly rest: ReadonlyMap<string, Router<Endpoint<RoutedExchange>>>;
  /** By the path of the method: `/shop.catalog.v1.CatalogService/GetProduct`. */
  readonly rpc: ReadonlyMap<string, RpcEndpoints>;
  readonly sockets: Router<SocketEndpoint>;
}

/** How a method is called by its own name. */
export interface RpcEndpoints {
  readonly grpcWeb: Endpoint;
  readonly connect: Endpoint;
  /** Whether Connect may call it by GET. */
  readonly byGet: boolean;
}

/** A surface that grows. */
export interface SurfaceBuilder extends RouteTable {
  /** Adds a service's methods. Throws a TypeError when it, or a route of its, is there already. */
  add(parts: SurfaceParts): void;
}

/** A service and how it is reached. */
export interface SurfaceParts {
  readonly service: DescService;
  readonly routes: readonly Route[];
  readonly channel: Channel;
  /** The resolved policy of each method, by its name. */
  readonly policies: ReadonlyMap<string, Policy>;
  readonly json: JsonSettings;
}

/** Makes an empty surface. */
export function createSurface(): SurfaceBuilder {
  const rest = new Map<string, Router<Endpoint<RoutedExchange>>>();
  const rpc = new Map<string, RpcEndpoints>();
  const sockets = createRouter<SocketEndpoint>();
  const taken = new Map<string, string>();
  const socketShapes = new Set<string>();

  function addRoute(route: Route, parts: SurfaceParts): void {
    const { method, verb, template } = route;
    const name = nameOfMethod(method);
    const shape = pathShape(template);
    const earlier = taken.get(`${verb} ${shape}`);
    if (earlier !== undefined)
      throw new TypeError(
        `${verb} ${template.text} of ${name} takes the same requests as a route of ${earlier}`,
      );
    taken.set(`${verb} ${shape}`, name);
    const { json } = parts;
    const backend = backendOf(method, parts);
    const router = rest.get(verb) ?? createRouter<Endpoint<RoutedExchange>>();
    rest.set(verb, router);
    router.add(template, createRestEndpoint(route, backend, json));
    const socket = createSocketEndpoint(route, backend, json);
    // A WebSocket is opened by GET, so it tells routes apart by their paths alone: the first of a
    // path has it.
    if (socket === undefined || socketShapes.has(shape)) return;
    socketShapes.add(shape);
    sockets.add(template, socket);
  }

  return {
    rest,
    rpc,
    sockets,
    add(parts) {
      const { service, routes, json } = parts;
      for (const method of service.methods) {
        const path = pathOfMethod(method);
        if (rpc.has(path)) throw new TypeError(`${service.typeName} was added twice`);
        const backend = backendOf(method, parts);
        const byGet = method.methodKind === "unary" && method.idempotency === Level.NO_SIDE_EFFECTS;
        rpc.set(path, {
          grpcWeb: createGrpcWebEndpoint(backend),
          connect: createConnectEndpoint(backend, json),
          byGet,
        });
      }
      for (const route of routes) addRoute(route, parts);
    },
  };
}

function backendOf(method: DescMethod, { channel, policies }: SurfaceParts): Backend {
  return { method, channel, policy: policies.get(method.name) ?? {} };
}

/** The REST endpoint of a request; a HEAD is answered as a GET where nothing else says how. */
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

/** The HTTP methods that a path takes, for those who come with another. */
export function verbsOf({ rest }: RouteTable, path: string): string[] {
  return [...rest]
    .flatMap(([verb, router]) => (router.find(path) === undefined ? [] : [verb]))
    .sort();
}
