import {
  createFileRegistry,
  type DescField,
  type DescMethod,
  type DescService,
  fromBinary,
  type Registry,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { createFault, type Fault } from "../fault.js";
import { findField } from "../field-path.js";
import { nameOfMethod } from "../method-name.js";
import { type HttpBinding, type PlacedBinding, placeHttpRules } from "./http-binding.js";
import { type PathTemplate, parsePathTemplate, pathShape } from "./path-template.js";
import type { Route, RouteVariable } from "./route.js";

/** The valid routes of services, and the faults of the others. */
export interface Routes {
  readonly routes: readonly Route[];
  readonly faults: readonly Fault[];
}

/** Field numbers of HttpRule that faults point to. */
const BODY = 7;
const RESPONSE_BODY = 12;
/** An HTTP token (RFC 9110, section 5.6.2). */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const BODILESS: readonly string[] = ["GET", "HEAD", "TRACE"];

/**
 * Reads and checks the routes of services that are served together: no two may match the same
 * requests. Never throws for what a contract says.
 */
export function readRoutes(registry: Registry, services: readonly DescService[]): Routes {
  const routes: Route[] = [];
  const faults: Fault[] = [];
  const taken = new Map<string, Route>();
  for (const method of services.flatMap((service) => service.methods)) {
    placeHttpRules(registry, method).forEach((placed, index) => {
      const route = readRoute(method, index, placed, faults);
      if (route === undefined) return;
      const key = `${route.verb} ${pathShape(route.template)}`;
      const earlier = taken.get(key);
      if (earlier === undefined) {
        taken.set(key, route);
        routes.push(route);
      } else {
        const text = `${describe(route)} matches the same requests as ${describe(earlier)} of ${nameOfMethod(earlier.method)}`;
        faults.push(createFault(method, placed.within, text));
      }
    });
  }
  return { routes, faults };
}

/**
 * Reads the routes of all services in a descriptor image, like {@link readRoutes}. Throws an Error
 * when the bytes are not a `FileDescriptorSet`.
 */
export function readRoutesOf(image: Uint8Array): Routes {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, image));
  return readRoutes(
    registry,
    [...registry.files].flatMap((file) => file.services),
  );
}

/** `GET /v1/products/{id}` */
function describe({ verb, template }: Route): string {
  return `${verb} ${template.text}`;
}

function readRoute(
  method: DescMethod,
  index: number,
  { binding, nested, within }: PlacedBinding,
  faults: Fault[],
): Route | undefined {
  const before = faults.length;
  const fault = (text: string, ...at: number[]): void =>
    void faults.push(createFault(method, [...within, ...at], text));
  if (nested)
    fault("a binding in `additional_bindings` must not have `additional_bindings` itself");
  if (binding === undefined) {
    fault("its `google.api.http` has no HTTP method and path");
    return undefined;
  }
  if (!TOKEN.test(binding.verb))
    fault(`${JSON.stringify(binding.verb)} is not a valid HTTP method`);
  const template = readTemplate(binding, fault);
  const variables = template === undefined ? [] : readVariables(method, template, fault);
  const body = readBody(method, binding, fault);
  const responseBody = readResponseBody(method, binding, fault);
  if (template === undefined || faults.length > before) return undefined;
  return { method, index, verb: binding.verb, template, variables, body, responseBody };
}

type ReportFault = (text: string, ...at: number[]) => void;

function readTemplate({ path }: HttpBinding, fault: ReportFault): PathTemplate | undefined {
  try {
    return parsePathTemplate(path);
  } catch (error) {
    fault((error as Error).message);
    return undefined;
  }
}

function readVariables(
  method: DescMethod,
  template: PathTemplate,
  fault: ReportFault,
): RouteVariable[] {
  return template.variables.flatMap(({ field, start, end, multiple }) => {
    const path = findField(method.input, field);
    if (typeof path === "string") {
      fault(`the path ${template.text} captures {${field}}, but ${path}`);
      return [];
    }
    const leaf = path.at(-1) as DescField;
    if (leaf.fieldKind !== "scalar" && leaf.fieldKind !== "enum") {
      fault(
        `the path ${template.text} captures {${field}}, which is ${kindOf(leaf)}; a path can capture only single values`,
      );
      return [];
    }
    return [{ path, start, end, multiple }];
  });
}

function kindOf(field: DescField): string {
  if (field.fieldKind === "list") return "a repeated field";
  return field.fieldKind === "map" ? "a map" : "a message";
}

function readBody(
  method: DescMethod,
  { verb, body }: HttpBinding,
  fault: ReportFault,
): Route["body"] {
  const streamed =
    method.methodKind === "client_streaming" || method.methodKind === "bidi_streaming";
  if (body === undefined) {
    if (streamed && verb !== "GET")
      fault(
        'its requests are a stream: it needs `body: "*"`, or `get` to be called over WebSocket only',
      );
    return "none";
  }
  if (BODILESS.includes(verb))
    fault(`${verb} has no body, so \`body\` must be absent (got "${body}")`, BODY);
  if (body === "*") return "all";
  if (streamed) fault(`its requests are a stream, so \`body\` must be "*" (got "${body}")`, BODY);
  const field = method.input.fields.find(({ name }) => name === body);
  if (field === undefined)
    fault(`\`body\` is "${body}", but ${method.input.typeName} has no field "${body}"`, BODY);
  return field ?? "none";
}

function readResponseBody(
  method: DescMethod,
  { responseBody }: HttpBinding,
  fault: ReportFault,
): DescField | undefined {
  if (responseBody === undefined) return undefined;
  const field = method.output.fields.find(({ name }) => name === responseBody);
  if (field === undefined) {
    fault(
      `\`response_body\` is "${responseBody}", but ${method.output.typeName} has no field "${responseBody}"`,
      RESPONSE_BODY,
    );
  }
  return field;
}
