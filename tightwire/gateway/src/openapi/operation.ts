import type { DescField, DescMessage, DescMethod, JsonObject, JsonValue } from "@bufbuild/protobuf";
import {
  commentOf,
  type DeclaredError,
  firstSentence,
  hasOwnJson,
  pathOfMethod,
  type Route,
} from "@tightwire/contract";

import { canBeParameter } from "../json/parameter.js";
import { HTTP_BODY } from "../rest/request-reader.js";
import { EVENT_STREAM, LINES } from "../rest/stream-format.js";

import { errorResponses } from "./error-responses.js";
import { exampleOf, fieldExample } from "./example.js";
import type { OpenApiPath } from "./path.js";
import type { Schemas } from "./schema.js";

/** The depth limit of message fields that become query parameters. */
const MAX_QUERY_DEPTH = 3;

/** Describes a route as an operation of OpenAPI. */
export function routeOperation(
  route: Route,
  path: OpenApiPath,
  id: string,
  errors: readonly DeclaredError[],
  schemas: Schemas,
): JsonObject {
  const { method } = route;
  const parameters = [...pathParameters(path, schemas), ...queryParameters(route, schemas)];
  const body = requestBody(route, schemas);
  return {
    ...operation(method, id),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { content: body, required: true } }),
    responses: {
      ...success(method, route.responseBody, schemas),
      ...errorResponses(errors, schemas),
      default: ERROR,
    },
  };
}

/** Describes a method without a route as the Connect protocol calls it: by its name, with JSON. */
export function namedOperation(
  method: DescMethod,
  id: string,
  errors: readonly DeclaredError[],
  schemas: Schemas,
): JsonObject {
  const content = {
    "application/json": {
      schema: schemas.message(method.input),
      example: exampleOf(method.input, schemas.rules),
    },
  };
  return {
    ...operation(method, id),
    requestBody: { content, required: true },
    responses: {
      ...success(method, undefined, schemas),
      ...errorResponses(errors, schemas),
      default: ERROR,
    },
  };
}

const ERROR: JsonObject = { $ref: "#/components/responses/Error" };

function operation(method: DescMethod, operationId: string): JsonObject {
  const description = commentOf(method);
  return {
    operationId,
    tags: [method.parent.typeName],
    ...(description === "" ? {} : { summary: firstSentence(description), description }),
    ...(method.deprecated || method.parent.deprecated ? { deprecated: true } : {}),
    "x-grpc-method": pathOfMethod(method),
    "x-grpc-kind": method.methodKind,
  };
}

function pathParameters({ parameters }: OpenApiPath, schemas: Schemas): JsonObject[] {
  return parameters.map(({ name, field, description, multiple }) => {
    const { description: comment, ...schema } =
      field === undefined ? { type: "string" } : schemas.field(field);
    const text = [String(comment ?? ""), description].filter((part) => part !== "").join(" ");
    const example = field === undefined ? name : (fieldExample(field, schemas.rules) ?? name);
    return {
      name,
      in: "path",
      required: true,
      ...(text === "" ? {} : { description: text }),
      schema,
      example,
      ...(multiple ? { "x-multiple-segments": true } : {}),
    };
  });
}

function queryParameters({ method, body, variables }: Route, schemas: Schemas): JsonObject[] {
  if (body === "all") return [];
  const bound = new Set(variables.map(({ path }) => path.map(({ name }) => name).join(".")));
  if (typeof body === "object") bound.add(body.name);
  return collect(method.input, [], []);

  function collect(
    message: DescMessage,
    before: readonly DescField[],
    above: readonly DescMessage[],
  ): JsonObject[] {
    if (above.includes(message) || before.length > MAX_QUERY_DEPTH) return [];
    return message.fields.flatMap((field) => {
      const path = [...before, field];
      if (bound.has(path.map(({ name }) => name).join("."))) return [];
      if (canBeParameter(field)) return [queryParameter(path, schemas)];
      return field.fieldKind === "message" && !hasOwnJson(field.message)
        ? collect(field.message, path, [...above, message])
        : [];
    });
  }
}

function queryParameter(path: readonly DescField[], schemas: Schemas): JsonObject {
  const field = path.at(-1) as DescField;
  const {
    description,
    readOnly: _readOnly,
    writeOnly: _writeOnly,
    ...schema
  } = schemas.field(field);
  const required = path.length === 1 && schemas.isRequired(field);
  return {
    name: path.map(({ jsonName }) => jsonName).join("."),
    in: "query",
    ...(description === undefined ? {} : { description }),
    ...(required ? { required } : {}),
    schema,
    ...(field.fieldKind === "list" ? { style: "form", explode: true } : {}),
  };
}

function requestBody({ method, body, variables }: Route, schemas: Schemas): JsonObject | undefined {
  if (body === "none") return undefined;
  const message = body === "all" ? method.input : body.message;
  if (message?.typeName === HTTP_BODY) return { "*/*": {} };
  const streamed =
    method.methodKind === "client_streaming" || method.methodKind === "bidi_streaming";
  const type = streamed ? LINES : "application/json";
  if (body !== "all")
    return { [type]: media(schemas.field(body), fieldExample(body, schemas.rules)) };
  const inPath = new Set(
    variables
      .filter(({ path }) => path.length === 1)
      .map(({ path }) => (path[0] as DescField).name),
  );
  const schema =
    inPath.size === 0 ? schemas.message(method.input) : schemas.without(method.input, inPath);
  return { [type]: media(schema, exampleOf(method.input, schemas.rules, inPath)) };
}

function media(schema: JsonObject, example: JsonValue | undefined): JsonObject {
  return { schema, ...(example === undefined ? {} : { example }) };
}

function success(
  method: DescMethod,
  responseBody: DescField | undefined,
  schemas: Schemas,
): JsonObject {
  const one =
    responseBody === undefined ? schemas.message(method.output) : schemas.field(responseBody);
  const example =
    responseBody === undefined
      ? exampleOf(method.output, schemas.rules)
      : fieldExample(responseBody, schemas.rules);
  const description = firstSentence(commentOf(method.output)) || "The response.";
  if (method.methodKind === "unary" || method.methodKind === "client_streaming") {
    if (method.output.typeName === HTTP_BODY)
      return { "200": { description, content: { "*/*": {} } } };
    return { "200": { description, content: { "application/json": media(one, example) } } };
  }
  const line: JsonObject = {
    type: "object",
    description: "One line per message. A stream that failed ends with a line that has its status.",
    properties: { result: one, error: { $ref: "#/components/schemas/google.rpc.Status" } },
  };
  const streamed: JsonObject = {
    description: `${description} A stream of these messages.`,
    content: { [LINES]: media(line, { result: example ?? null }), [EVENT_STREAM]: { schema: one } },
  };
  if (method.methodKind === "server_streaming") return { "200": streamed };
  return {
    "101": {
      description:
        'A WebSocket: each text frame of the client is a request, and each frame of the gateway is `{"result": …}`.',
    },
    "200": streamed,
  };
}
