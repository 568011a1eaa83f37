import { KINDS, type Kind } from "./contract.js";

/** How a peer's users write what all projects do. */
export interface Dialect {
  /** What comes after a handler's `request` or `requests`: `, call` or nothing. */
  readonly context: string;
  /** What a handler throws when too few are left. */
  readonly tooFew: string;
  /** What a handler throws when there is no request. */
  readonly none: string;
  /** A member of a oneof as a literal: `{ $case: "found", value: item }`. */
  readonly found: string;
  /** Whether a response's oneof `result` holds that member. */
  readonly isFound: string;
}

/** A handler for each method, as properties of an object. */
export function writeHandlers(dialect: Dialect): string {
  return KINDS.map((kind, index) => `  ${handler(kind, `do${index}`, dialect)},`).join("\n");
}

/** A call of each method by `client`, which looks at the response and pushes it to `seen`. */
export function writeCalls({ isFound }: Dialect): string {
  return KINDS.map((kind, index) => `    ${call(kind, `client.do${index}`, isFound)}`).join("\n");
}

function handler(kind: Kind, name: string, dialect: Dialect): string {
  const { context, tooFew, none, found } = dialect;
  const check = `if (request.count > 99) throw ${tooFew};`;
  const response = `{ id: request.id, items: [item], labels: { a: "b" }, result: ${found} }`;
  const each = "for await (const request of requests)";
  switch (kind) {
    case "unary":
      return `async ${name}(request${context}) { ${check} return ${response}; }`;
    case "server_streaming":
      return `async *${name}(request${context}) { ${check} yield ${response}; }`;
    case "client_streaming":
      return `async ${name}(requests${context}) { ${each} { ${check} return ${response}; } throw ${none}; }`;
    case "bidi_streaming":
      return `async *${name}(requests${context}) { ${each} { ${check} yield ${response}; } }`;
  }
}

const REQUEST = `{ id: "a", count: 3, tags: ["x", "y"], note: "n", item }`;
const REQUESTS = `(async function* () { yield ${REQUEST}; })()`;

function call(kind: Kind, method: string, isFound: string): string {
  switch (kind) {
    case "unary":
      return `seen.push((await ${method}(${REQUEST})).items[0]?.productId);`;
    case "server_streaming":
      return `for await (const { result } of ${method}(${REQUEST})) if (${isFound}) seen.push(result.value.priceCents);`;
    case "client_streaming":
      return `seen.push((await ${method}(${REQUESTS})).labels["a"]);`;
    case "bidi_streaming":
      return `for await (const { id } of ${method}(${REQUESTS})) seen.push(id);`;
  }
}

/** Options of ts-proto that all its users here share. */
export const TS_PROTO_OPTIONS: readonly string[] = [
  "emitImportedFiles=false",
  "enumsAsLiterals=true",
  "esModuleInterop=true",
  "exportCommonSymbols=false",
  "forceLong=bigint",
  "importSuffix=.js",
  "oneof=unions-value",
  "outputJsonMethods=false",
  "useDate=false",
  "useExactTypes=false",
];
