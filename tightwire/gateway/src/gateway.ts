import type { DescService } from "@bufbuild/protobuf";
import type { Channel } from "@tightwire/client";
import { type Fault, formatFault, readErrors, readPolicies, readRoutes } from "@tightwire/contract";
import { MisuseError, type Policy, type ServiceDefinition } from "@tightwire/core";
import { checkWait, timerMs } from "@tightwire/core/runtime";
import {
  type GatewayOptions,
  type ResolvedGatewayOptions,
  resolveGatewayOptions,
} from "./gateway-options.js";
import { type HttpListener, listenHttp } from "./http/listen.js";
import type { ContractImage } from "./image.js";
import { ImageStore } from "./image-store.js";
import { createOpenApi, type DocumentedService, type OpenApiDocument } from "./openapi/document.js";
import { createPages, documentPage } from "./page/pages.js";
import { createRouteTable, type RouteTableBuilder } from "./route-table.js";

/**
 * Serves contracts over HTTP: REST by `google.api.http`, gRPC-Web, the Connect protocol, OpenAPI,
 * and a page to try calls.
 */
export interface Gateway {
  /**
   * Adds a service. Its calls go to `channel`: over the network, or to a server of this process
   * (`inProcess(server, { identity: "gateway" })`). Its routes come from the definition's
   * descriptor image. Throws a MisuseError when the definition has no image, a route is invalid, or
   * it matches the same requests as another route.
   */
  add(definition: ServiceDefinition, channel: Channel): Gateway;
  /**
   * Adds services of a descriptor image, in any language: those in `services`, or all that the
   * image defines outside of `google.` and `grpc.`. Throws as {@link add} does, and a MisuseError
   * for an invalid policy or a service that the image does not have.
   */
  addImage(image: URL | Uint8Array, channel: Channel, services?: readonly string[]): Gateway;
  /** The OpenAPI 3.1 document of all added services. */
  readonly openApi: OpenApiDocument;
  /**
   * Listens at `127.0.0.1:8080` (port 0: any free port) or `unix:/path`. Call it once, after all
   * services were added. Rejects with a MisuseError for an invalid address, with a StartError when
   * it cannot listen; it can be tried again then.
   */
  listen(address: string): Promise<HttpListener>;
  /**
   * Stops accepting connections. Each open connection gets at most one more response. Destroys the
   * connections that are still open after `graceMs` (default 10,000). Never rejects.
   */
  close(graceMs?: number): Promise<void>;
}

const DEFAULT_GRACE_MS = 10_000;

/**
 * Makes a gateway without services. Throws a MisuseError that names an unknown or invalid option.
 */
export function createGateway(options: GatewayOptions = {}): Gateway {
  const served = new ServedContracts(resolveGatewayOptions(options));
  const gateway: Gateway = {
    add(definition, channel) {
      served.add(definition, channel);
      return gateway;
    },
    addImage(image, channel, services) {
      served.addImage(image, channel, services);
      return gateway;
    },
    get openApi() {
      return served.openApi;
    },
    listen: (address) => served.listen(address),
    close: (graceMs) => served.close(graceMs),
  };
  return gateway;
}

/** What a gateway serves, and where it listens. */
class ServedContracts {
  readonly #options: ResolvedGatewayOptions;
  readonly #routes: RouteTableBuilder = createRouteTable();
  readonly #images = new ImageStore();
  readonly #services: DocumentedService[] = [];
  #openApi: OpenApiDocument | undefined;
  #listening: Promise<HttpListener> | undefined;

  constructor(options: ResolvedGatewayOptions) {
    this.#options = options;
  }

  add(definition: ServiceDefinition, channel: Channel): void {
    if (definition.image === undefined)
      throw new MisuseError(
        "TW_MISSING_IMAGE",
        `${definition.name} has no descriptor image; generate it with the option "image"`,
      );
    const image = this.#images.read(definition.image);
    const service = image.registry.getService(definition.name);
    if (service === undefined)
      throw new MisuseError(
        "TW_MISSING_IMAGE",
        `${definition.name} is not in its descriptor image; generate both again`,
      );
    const policies = Object.values(definition.methods).map(({ name, policy }): [string, Policy] => [
      name,
      policy,
    ]);
    this.#addService(image, service, channel, new Map(policies));
  }

  addImage(bytes: URL | Uint8Array, channel: Channel, names?: readonly string[]): void {
    const image = this.#images.read(bytes);
    for (const service of names?.map((name) => findService(name, image)) ?? ownServices(image)) {
      const { policies, faults } = readPolicies(image.registry, service);
      if (faults.length > 0) throw new MisuseError("TW_INVALID_POLICY", formatFaults(faults));
      this.#addService(image, service, channel, policies);
    }
  }

  #addService(
    image: ContractImage,
    service: DescService,
    channel: Channel,
    policies: ReadonlyMap<string, Policy>,
  ): void {
    if (this.#listening !== undefined)
      throw new MisuseError(
        "TW_ALREADY_LISTENING",
        `${service.typeName} was added after the gateway started to listen; add all services before`,
      );
    const { routes, faults } = readRoutes(image.registry, [service]);
    if (faults.length > 0) throw new MisuseError("TW_INVALID_ROUTE", formatFaults(faults));
    const { emitDefaults } = this.#options;
    const json = { registry: image.types, emitDefaults, ignoreUnknownFields: false };
    this.#routes.add({ service, routes, channel, policies, json });
    // Faults of errors are told when code is generated; a document needs what is right.
    const { errors } = readErrors(image.registry, service);
    this.#services.push({ service, routes, errors });
    this.#openApi = undefined;
  }

  get openApi(): OpenApiDocument {
    this.#openApi ??= createOpenApi(this.#services, this.#images.types(), this.#options.openApi);
    return this.#openApi;
  }

  listen(address: string): Promise<HttpListener> {
    if (this.#listening !== undefined)
      throw new MisuseError("TW_ALREADY_LISTENING", "the gateway already listens");
    const { exchange: settings, bodyTimeoutMs, logger, cors, page } = this.#options;
    const openApi = (): OpenApiDocument => this.openApi;
    const listening = listenHttp(address, {
      routes: this.#routes,
      settings,
      bodyTimeoutMs,
      registry: () => this.#images.types(),
      pages: page ? createPages(openApi) : documentPage(openApi),
      logger,
      cors,
    });
    this.#listening = listening;
    listening.catch(() => {
      this.#listening = undefined; // so that it can be tried again
    });
    return listening;
  }

  async close(graceMs: number = DEFAULT_GRACE_MS): Promise<void> {
    checkWait("graceMs", graceMs);
    await this.#listening?.then((listener) => listener.close(timerMs(graceMs))).catch(() => {});
  }
}

function formatFaults(faults: readonly Fault[]): string {
  return faults.map(formatFault).join("\n");
}

function findService(name: string, { registry, services }: ContractImage): DescService {
  const service = registry.getService(name);
  if (service !== undefined) return service;
  const known = services.map(({ typeName }) => typeName).join(", ") || "none";
  throw new MisuseError(
    "TW_UNKNOWN_SERVICE",
    `the descriptor image has no service ${name}; its services: ${known}`,
  );
}

/** The services of an image, without those of gRPC and Google that it imports. */
function ownServices({ services }: ContractImage): DescService[] {
  return services.filter(({ typeName }) => !/^(google|grpc)\./.test(typeName));
}
