import type { DescMethod, DescService, JsonObject, JsonValue, Registry } from "@bufbuild/protobuf";
import { commentOf, type MethodErrors, pathOfMethod, type Route } from "@tightwire/contract";

import { namedOperation, routeOperation } from "./operation.js";
import { openApiPath } from "./path.js";
import { createSchemas, type Schemas } from "./schema.js";

/** Options of the OpenAPI document; all optional. */
export interface OpenApiOptions {
  /** Default: the packages of the services. */
  readonly title?: string;
  /** The version of the API, not of OpenAPI. Default "1.0.0". */
  readonly version?: string;
  readonly description?: string;
  /**
   * The URLs of the API, for example `https://api.shop.example`. Default: where the document is served.
   */
  readonly servers?: readonly string[];
  /**
   * `components.securitySchemes` of OpenAPI; any one of them is enough. Default: a bearer token, or
   * none.
   */
  readonly securitySchemes?: JsonObject;
}

/** An OpenAPI 3.1 document. */
export type OpenApiDocument = JsonObject;

/** A service and the routes of its methods. */
export interface DocumentedService {
  readonly service: DescService;
  readonly routes: readonly Route[];
  /** The declared errors of its methods, by their names in the contract. */
  readonly errors: MethodErrors["errors"];
}

/** The HTTP methods of OpenAPI's path items. */
const VERBS: readonly string[] = [
  "GET",
  "PUT",
  "POST",
  "DELETE",
  "OPTIONS",
  "HEAD",
  "PATCH",
  "TRACE",
];
const DEFAULT_SECURITY: JsonObject = { bearer: { type: "http", scheme: "bearer" } };

/**
 * Describes services as an OpenAPI 3.1 document: one path per route, and one per method without a
 * route. The same services give the same document.
 */
export function createOpenApi(
  documented: readonly DocumentedService[],
  registry: Registry,
  options: OpenApiOptions = {},
): OpenApiDocument {
  const schemas = createSchemas(registry);
  const securitySchemes = options.securitySchemes ?? DEFAULT_SECURITY;
  const paths = createPaths(documented, schemas);
  const responses = { Error: errorResponse(registry, schemas) };
  return {
    openapi: "3.1.1",
    info: {
      title:
        options.title ??
        [...new Set(documented.map(({ service }) => service.file.proto.package))].join(", "),
      version: options.version ?? "1.0.0",
      ...(options.description === undefined ? {} : { description: options.description }),
    },
    servers: (options.servers ?? ["/"]).map((url) => ({ url })),
    security: [{}, ...Object.keys(securitySchemes).map((name) => ({ [name]: [] }))],
    tags: documented.map(({ service }) => {
      const description = commentOf(service);
      return { name: service.typeName, ...(description === "" ? {} : { description }) };
    }),
    paths,
    components: { schemas: schemas.components(), responses, securitySchemes },
  };
}

function createPaths(documented: readonly DocumentedService[], schemas: Schemas): JsonObject {
  const paths: Record<string, JsonObject> = {};
  /** Paths by their shape, with the names of their parameters. */
  const shapes = new Map<string, { text: string; names: readonly string[] }>();
  for (const { service, routes, errors } of documented) {
    for (const route of routes) {
      const { shape } = openApiPath(route);
      const known = shapes.get(shape);
      const path = openApiPath(route, known?.names);
      const text = known?.text ?? path.text;
      shapes.set(shape, { text, names: path.parameters.map(({ name }) => name) });
      const item = paths[text] ?? {};
      paths[text] = item;
      const verb = route.verb === "*" ? "POST" : route.verb;
      // OpenAPI cannot describe other verbs.
      if (VERBS.includes(verb))
        item[verb.toLowerCase()] ??= routeOperation(
          route,
          path,
          operationId(route.method, route.index),
          errors.get(route.method.name) ?? [],
          schemas,
        );
    }
    for (const method of service.methods.filter((one) => isCalledByName(one, routes))) {
      paths[pathOfMethod(method)] = {
        post: namedOperation(
          method,
          operationId(method, 0),
          errors.get(method.name) ?? [],
          schemas,
        ),
      };
    }
  }
  return Object.fromEntries(
    Object.entries(paths).filter(([, item]) => Object.keys(item).length > 0),
  );
}

function isCalledByName(method: DescMethod, routes: readonly Route[]): boolean {
  return method.methodKind === "unary" && !routes.some((route) => route.method === method);
}

function operationId({ parent, name }: DescMethod, index: number): string {
  return `${parent.name}_${name}${index === 0 ? "" : `_${index + 1}`}`;
}

function errorResponse(registry: Registry, schemas: Schemas): JsonObject {
  const status = registry.getMessage("google.rpc.Status");
  const schema: JsonObject = status === undefined ? { type: "object" } : schemas.message(status);
  const example: JsonValue = { code: 5, message: "no such thing", details: [] };
  const problem: JsonObject = {
    type: "object",
    properties: {
      type: { type: "string" },
      title: { type: "string" },
      status: { type: "integer" },
      detail: { type: "string" },
      code: { type: "string", description: "The name of the gRPC status." },
      details: { type: "array", items: { type: "object" } },
    },
  };
  return {
    description:
      "The call failed, or the gateway refused the request. The HTTP status follows from the gRPC status: NOT_FOUND is 404, INVALID_ARGUMENT 400, UNAVAILABLE 503.",
    content: {
      "application/json": { schema, example },
      "application/problem+json": {
        schema: problem,
        example: {
          type: "about:blank",
          title: "NOT_FOUND",
          status: 404,
          detail: "no such thing",
        },
      },
    },
  };
}
