import {
  type Interceptor,
  type InterceptorNext,
  MisuseError,
  type ServiceDefinition,
} from "@tightwire/core";
import {
  checkArgument,
  checkOption,
  composeInterceptors,
  refuseUnknownOptions,
} from "@tightwire/core/runtime";
import { isBuiltIn } from "./built-in.js";
import { composeScope } from "./interceptor-scope.js";
import {
  type Handler,
  innermostStep,
  type ServedMethod,
  type SharedParts,
  serveMethod,
} from "./method.js";
import { checkMethodLimits, limitsOf, type MethodLimits, refuseWider } from "./method-limits.js";

/** Settings of one method on a server; all optional. */
export interface MethodOptions {
  /** Limits of this method, tighter than those of its contract. Default: its service's. */
  readonly limits?: MethodLimits;
  /** Interceptors around this method's handler, inside those of its service. Default none. */
  readonly interceptors?: readonly Interceptor[];
}

/** Settings of one service on a server; all optional. */
export interface ServiceOptions<Handlers = Readonly<Record<string, unknown>>> {
  /** Interceptors around this service's handlers, inside the server's own. Default none. */
  readonly interceptors?: readonly Interceptor[];
  /** Limits of each of its methods that allows more. Default: those of the contract. */
  readonly limits?: MethodLimits;
  /** Settings of single methods, by the names of their handlers. Default none. */
  readonly methods?: { readonly [Method in keyof Handlers]?: MethodOptions };
}

/** The services of a server and their methods by path. It is sealed while the server listens. */
export class ServiceRegistry {
  readonly services: ServiceDefinition[] = [];
  readonly methods: Map<string, ServedMethod> = new Map();
  /** What comes inside the server's interceptors. */
  readonly #inside: Map<string, InterceptorNext> = new Map();
  readonly #serverChain: InterceptorNext | undefined;
  readonly #parts: SharedParts;
  #listening = 0;

  /** `interceptors` are the server's. Throws a MisuseError for an invalid one. */
  constructor(interceptors: readonly Interceptor[], parts: SharedParts) {
    this.#serverChain = composeScope(interceptors, this.#inside, "createServer: interceptors");
    this.#parts = parts;
  }

  /** Adds a service, or throws a MisuseError as `Server.add` describes and adds nothing. */
  add(definition: ServiceDefinition, handlers: unknown, options: ServiceOptions): void {
    this.#check(definition, handlers, options);
    const { name } = definition;
    const inService = new Map<string, InterceptorNext>();
    const serviceChain = composeScope(
      options.interceptors ?? [],
      inService,
      `add(${name}): interceptors`,
    );
    const outermost = isBuiltIn(definition) ? undefined : this.#serverChain;
    const added = Object.entries(definition.methods).map(([localName, method]) => {
      const handler = handlerOf(definition, handlers, localName);
      const step = innermostStep(handler);
      const methodChain = composeMethod(definition, localName, options, step);
      inService.set(method.path, methodChain ?? step);
      const inside = serviceChain ?? methodChain;
      const limits = limitsOf(method, options.limits, options.methods?.[localName]?.limits);
      const served = serveMethod(method, handler, outermost ?? inside, limits, this.#parts);
      return { served, inside: inside ?? step };
    });
    for (const { served, inside } of added) {
      this.#inside.set(served.definition.path, inside);
      this.methods.set(served.definition.path, served);
    }
    this.services.push(definition);
  }

  /** The server begins to listen: no service can be added any more. */
  seal(): void {
    this.#listening++;
  }

  /** The server could not listen after all. */
  unseal(): void {
    this.#listening--;
  }

  #check(definition: ServiceDefinition, handlers: unknown, options: ServiceOptions): void {
    checkDefinition(definition);
    const { name } = definition;
    if (this.#listening > 0)
      throw new MisuseError(
        "TW_ALREADY_LISTENING",
        `cannot add ${name}: the server already listens; add all services before listen()`,
      );
    if (this.services.some((service) => service.name === name))
      throw new MisuseError("TW_DUPLICATE_SERVICE", `${name} was added twice`);
    checkArgument(`the handlers of ${name}`, handlers, "object");
    checkServiceOptions(definition, options);
  }
}

function checkDefinition(definition: ServiceDefinition): void {
  checkArgument("definition", definition, "object");
  checkArgument("definition.name", definition.name, "string");
  checkArgument("definition.methods", definition.methods, "object");
}

function checkServiceOptions(definition: ServiceDefinition, options: ServiceOptions): void {
  const where = `add(${definition.name})`;
  refuseUnknownOptions(where, options, ["interceptors", "limits", "methods"]);
  checkOption(`${where}: interceptors`, options.interceptors, "array");
  checkMethodLimits(`${where}: limits`, options.limits);
  if (options.methods === undefined) return;
  refuseUnknownOptions(`${where}: methods`, options.methods, Object.keys(definition.methods));
  for (const [name, method] of Object.entries(options.methods)) {
    const served = definition.methods[name];
    if (method === undefined || served === undefined) continue;
    const place = `${where}: methods.${name}`;
    refuseUnknownOptions(place, method, ["interceptors", "limits"]);
    checkOption(`${place}.interceptors`, method.interceptors, "array");
    checkMethodLimits(`${place}.limits`, method.limits);
    refuseWider(`${place}.limits`, served, method.limits);
  }
}

function composeMethod(
  { name }: ServiceDefinition,
  localName: string,
  { methods }: ServiceOptions,
  step: InterceptorNext,
): InterceptorNext | undefined {
  const interceptors = methods?.[localName]?.interceptors ?? [];
  if (interceptors.length === 0) return undefined;
  const where = `add(${name}): methods.${localName}.interceptors`;
  return composeInterceptors(interceptors, step, where);
}

function handlerOf(definition: ServiceDefinition, handlers: unknown, localName: string): Handler {
  const handler = (handlers as Record<string, unknown>)[localName];
  if (typeof handler !== "function")
    throw new MisuseError(
      "TW_MISSING_HANDLER",
      `${definition.name} has no handler for ${localName}`,
    );
  return handler.bind(handlers) as Handler;
}
