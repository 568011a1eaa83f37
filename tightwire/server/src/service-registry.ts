import { type Interceptor, MisuseError, type ServiceDefinition } from "@tightwire/core";
import { refuseUnknownOptions } from "@tightwire/core/runtime";
import { checkArgument, checkOption } from "./argument.js";
import { type Handler, type ServedMethod, serveMethod } from "./method.js";

/** Settings of one service on a server; all optional. */
export interface ServiceOptions {
  /** Interceptors around this service's handlers, inside the server's own. Default none. */
  readonly interceptors?: readonly Interceptor[];
}

/** What all methods of a server have in common. */
export type SharedParts = Pick<ServedMethod, "observer" | "streams" | "clock" | "random">;

/** The services of a server and their methods by path. It is sealed when the server listens. */
export class ServiceRegistry {
  readonly services: ServiceDefinition[] = [];
  readonly methods: Map<string, ServedMethod> = new Map();
  readonly #interceptors: readonly Interceptor[];
  readonly #parts: SharedParts;
  #sealed = false;

  constructor(interceptors: readonly Interceptor[], parts: SharedParts) {
    this.#interceptors = interceptors;
    this.#parts = parts;
  }

  /** Adds a service; throws a MisuseError as `Server.add` describes. */
  add(definition: ServiceDefinition, handlers: unknown, options: ServiceOptions): void {
    this.#check(definition, handlers, options);
    const interceptors = [...this.#interceptors, ...(options.interceptors ?? [])];
    for (const [localName, method] of Object.entries(definition.methods)) {
      const handler = handlerOf(definition, handlers, localName);
      this.methods.set(method.path, serveMethod(method, handler, interceptors, this.#parts));
    }
    this.services.push(definition);
  }

  /** No service can be added any more. */
  seal(): void {
    this.#sealed = true;
  }

  #check(definition: ServiceDefinition, handlers: unknown, options: ServiceOptions): void {
    checkArgument("definition", definition, "object");
    const { name } = definition;
    refuseUnknownOptions(`add(${name})`, options, ["interceptors"]);
    checkOption("interceptors", options.interceptors, "array");
    if (this.#sealed)
      throw new MisuseError(
        "TW_ALREADY_LISTENING",
        `cannot add ${name}: the server already listens; add all services before listen()`,
      );
    if (this.services.some((service) => service.name === name))
      throw new MisuseError("TW_DUPLICATE_SERVICE", `${name} was added twice`);
    checkArgument(`the handlers of ${name}`, handlers, "object");
  }
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
