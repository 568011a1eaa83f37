import type { DescService } from "@bufbuild/protobuf";
import { createRegistry, type Registry } from "@bufbuild/protobuf";
import type { Channel } from "@tightwire/client";
import type { Logger, Policy, ServiceDefinition } from "@tightwire/core";
import {
  checkCount,
  checkTime,
  checkWait,
  refuseUnknownOptions,
  timerMs,
} from "@tightwire/core/runtime";
import { nameOfMethod, type Route, readRoutes } from "@tightwire/routes";
import { type Contract, readContract, standardTypes } from "./contract.js";
import { DEFAULT_FORWARD_HEADERS } from "./http/call-options.js";
import { type CorsOptions, checkCors } from "./http/cors.js";
import type { ExchangeSettings } from "./http/exchange.js";
import { type HttpListener, listenHttp } from "./http/listen.js";
import { createOpenApi, type OpenApiDocument, type OpenApiOptions } from "./openapi/document.js";
import { createPages, documentPage } from "./page/pages.js";
import { policyOf } from "./policy.js";
import { createSurface } from "./route-table.js";

/** Settings of a gateway; all optional. */
export interface GatewayOptions {
  /** Gets one line a request. Default: none are written. */
  readonly logger?: Logger;
  /**
   * Headers of requests that become metadata of calls. Default `authorization`, `traceparent`,
   * `tracestate`, `x-request-id`.
   */
  readonly forwardHeaders?: readonly string[];
  /** Metadata of answers that becomes headers. Default none. */
  readonly exposeMetadata?: readonly string[];
  /** Which pages of other origins may call. Default: none may. */
  readonly cors?: CorsOptions;
  /** The largest body, and the largest message of a stream, in bytes. Default 4 MiB. */
  readonly maxMessageBytes?: number;
  /**
   * How long the body of a request may take to come, in milliseconds; streams of messages may take
   * longer. Default 30,000.
   */
  readonly bodyTimeoutMs?: number;
  /**
   * Whether answers hold the fields without presence that have their default (`"stock": 0`).
   * Default true.
   */
  readonly emitDefaults?: boolean;
  /** What the OpenAPI document says of itself. */
  readonly openApi?: OpenApiOptions;
  /**
   * Whether there are pages at `/` and `/reference`; the document is at `/openapi.json` in any
   * case. Default true.
   */
  readonly page?: boolean;
}

/**
 * Serves contracts over HTTP: REST by `google.api.http`, gRPC-Web, the Connect protocol, OpenAPI
 * and a page to try it all.
 */
export interface Gateway {
  /**
   * Adds a service whose calls go to `channel`: a network away, or in this process
   * (`inProcess(server, { identity: "gateway" })`). Its routes are read from the definition's
   * descriptor image. Throws an Error that names the method when a route cannot hold, or takes the
   * same requests as another one's.
   */
  add(definition: ServiceDefinition, channel: Channel): Gateway;
  /**
   * Adds services of a descriptor image, in any language: those named, or all that the image
   * defines outside of `google.` and `grpc.`. Throws as {@link add} does, and for a name that the
   * image does not have.
   */
  addImage(image: URL | Uint8Array, channel: Channel, services?: readonly string[]): Gateway;
  /** The OpenAPI 3.1 document of all that was added. */
  readonly openApi: OpenApiDocument;
  /**
   * Listens at `127.0.0.1:8080` (port 0: a free one) or `unix:/path`. Rejects with an Error that
   * says why. Once, after all services were added.
   */
  listen(address: string): Promise<HttpListener>;
  /**
   * No new connections, and at most one more answer on each that is kept; requests in flight have
   * `graceMs` (default 10,000) to end. Never rejects.
   */
  close(graceMs?: number): Promise<void>;
}

const DEFAULT_MAX_MESSAGE_BYTES: number = 4 * 1024 * 1024;
const DEFAULT_BODY_TIMEOUT_MS = 30_000;
const DEFAULT_GRACE_MS = 10_000;
const OPTION_NAMES: readonly string[] = [
  "logger",
  "forwardHeaders",
  "exposeMetadata",
  "cors",
  "maxMessageBytes",
  "bodyTimeoutMs",
  "emitDefaults",
  "openApi",
  "page",
];

/**
 * Makes a gateway with no services yet. Throws a TypeError that names an option that it does not
 * take.
 */
export function createGateway(options: GatewayOptions = {}): Gateway {
  const { logger, cors, bodyTimeoutMs = DEFAULT_BODY_TIMEOUT_MS, emitDefaults = true } = options;
  const settings = checkOptions(options);
  const surface = createSurface();
  const contracts = new Map<string, Contract>();
  const served: { service: DescService; routes: readonly Route[] }[] = [];
  let registry: Registry | undefined;
  let openApi: OpenApiDocument | undefined;
  let listening: Promise<HttpListener> | undefined;

  const allTypes = (): Registry => {
    registry ??= createRegistry(
      standardTypes(),
      ...[...contracts.values()].map(({ registry: own }) => own),
    );
    return registry;
  };

  function contractOf(image: URL | Uint8Array): Contract {
    const key = image instanceof URL ? image.href : `#${contracts.size}`;
    const contract = contracts.get(key) ?? readContract(image);
    contracts.set(key, contract);
    return contract;
  }

  function addService(
    contract: Contract,
    service: DescService,
    channel: Channel,
    policies: ReadonlyMap<string, Policy>,
  ): void {
    if (listening !== undefined)
      throw new TypeError(
        `${service.typeName} was added after the gateway began to listen; add all services before`,
      );
    const { routes, faults } = readRoutes(contract.registry, [service]);
    const [fault] = faults;
    if (fault !== undefined) throw new Error(`${nameOfMethod(fault.method)}: ${fault.text}`);
    surface.add({
      service,
      routes,
      channel,
      policies,
      json: { registry: contract.types, emitDefaults, ignoreUnknownFields: false },
    });
    served.push({ service, routes });
    registry = undefined;
    openApi = undefined;
  }

  const gateway: Gateway = {
    add(definition, channel) {
      if (definition.image === undefined)
        throw new TypeError(
          `${definition.name} has no descriptor image: generate it with the option "image"`,
        );
      const contract = contractOf(definition.image);
      const service = contract.registry.getService(definition.name);
      if (service === undefined)
        throw new TypeError(
          `${definition.name} is not in its descriptor image; generate both again`,
        );
      const policies = new Map(
        Object.values(definition.methods).map(({ name, policy }) => [name, policy]),
      );
      addService(contract, service, channel, policies);
      return gateway;
    },
    addImage(image, channel, names) {
      const contract = contractOf(image);
      const wanted = names?.map(
        (name) => contract.registry.getService(name) ?? missing(name, contract),
      );
      const services =
        wanted ?? contract.services.filter(({ typeName }) => !/^(google|grpc)\./.test(typeName));
      for (const service of services) {
        const policies = new Map(
          service.methods.map((method) => [method.name, policyOf(method, contract.registry)]),
        );
        addService(contract, service, channel, policies);
      }
      return gateway;
    },
    get openApi() {
      openApi ??= createOpenApi(served, allTypes(), options.openApi);
      return openApi;
    },
    listen(address) {
      if (listening !== undefined) throw new TypeError("the gateway listens already");
      const pages =
        options.page === false
          ? documentPage(() => gateway.openApi)
          : createPages(() => gateway.openApi);
      listening = listenHttp(address, {
        surface,
        settings,
        bodyTimeoutMs: timerMs(bodyTimeoutMs),
        registry: allTypes,
        pages,
        logger,
        cors,
      });
      return listening;
    },
    async close(graceMs = DEFAULT_GRACE_MS) {
      checkWait("graceMs", graceMs);
      await listening?.then((listener) => listener.close(timerMs(graceMs))).catch(() => {});
    },
  };
  return gateway;
}

function checkOptions(options: GatewayOptions): ExchangeSettings {
  refuseUnknownOptions("createGateway", options, OPTION_NAMES);
  checkCount("maxMessageBytes", options.maxMessageBytes);
  checkTime("bodyTimeoutMs", options.bodyTimeoutMs);
  if (options.cors !== undefined) checkCors(options.cors);
  return {
    forwardHeaders: (options.forwardHeaders ?? DEFAULT_FORWARD_HEADERS).map((name) =>
      name.toLowerCase(),
    ),
    exposeMetadata: (options.exposeMetadata ?? []).map((name) => name.toLowerCase()),
    maxMessageBytes: options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES,
  };
}

function missing(name: string, { services }: Contract): never {
  throw new TypeError(
    `the descriptor image has no service ${name}; it has ${services.map(({ typeName }) => typeName).join(", ") || "none"}`,
  );
}
