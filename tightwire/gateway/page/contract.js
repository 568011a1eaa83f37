const VERBS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
/** The names of the kinds of methods, and their signs in lists. */
const KINDS = {
  unary: { label: "unary", sign: "" },
  server_streaming: { label: "server stream", sign: "↓" },
  client_streaming: { label: "client stream", sign: "↑" },
  bidi_streaming: { label: "bidirectional", sign: "↕" },
};

/** Reads the gateway's OpenAPI document: services with their operations, in the order of the contract. Rejects when it cannot be read. */
export async function readContract() {
  const response = await fetch(new URL("openapi.json", document.baseURI));
  if (!response.ok) throw new Error(`openapi.json responded with ${response.status}`);
  return createContract(await response.json());
}

function createContract({ info, tags = [], paths = {}, components = {} }) {
  const schemas = components.schemas ?? {};

  /** Resolves a reference to a schema, and keeps the properties beside the reference. */
  function resolve(schema = {}) {
    if (schema.$ref === undefined) return schema;
    const { $ref, ...beside } = schema;
    const name = $ref.slice($ref.lastIndexOf("/") + 1);
    return { name, ...schemas[name], ...beside };
  }

  const operations = Object.entries(paths).flatMap(([path, item]) =>
    VERBS.filter((verb) => item[verb] !== undefined).map((verb) =>
      createOperation(verb.toUpperCase(), path, item[verb], resolve),
    ),
  );
  const services = tags.map(({ name, description }) => ({
    name,
    shortName: name.slice(name.lastIndexOf(".") + 1),
    package: name.slice(0, Math.max(0, name.lastIndexOf("."))),
    description,
    operations: operations.filter((operation) => operation.service === name),
  }));
  return {
    info,
    services,
    operations: new Map(operations.map((operation) => [operation.id, operation])),
  };
}

function createOperation(verb, path, operation, resolve) {
  const method = operation["x-grpc-method"] ?? "";
  return {
    id: operation.operationId,
    verb,
    path,
    service: operation.tags?.[0],
    name: method.slice(method.lastIndexOf("/") + 1),
    kind: operation["x-grpc-kind"],
    ...KINDS[operation["x-grpc-kind"]],
    summary: operation.summary,
    description: operation.description,
    deprecated: operation.deprecated === true,
    parameters: operation.parameters ?? [],
    body: content(operation.requestBody?.content),
    response: responseOf(content(operation.responses?.["200"]?.content)),
    resolve,
  };
}

/** A response, or one message of a stream of responses without its envelope. */
function responseOf(response) {
  if (response?.type !== "application/x-ndjson") return response;
  return {
    type: response.type,
    schema: response.schema?.properties?.result,
    example: response.example?.result,
  };
}

/** The first content type. */
function content(offered = {}) {
  const [type] = Object.keys(offered);
  return type === undefined ? undefined : { type, ...offered[type] };
}
