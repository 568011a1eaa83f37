import { nameOf } from "./contract.js";
import type { Project } from "./project.js";
import { type Dialect, TS_PROTO_OPTIONS, writeCalls, writeHandlers } from "./source.js";

const DIALECT: Dialect = {
  context: "",
  tooFew: `new ServerError(Status.FAILED_PRECONDITION, "too few")`,
  none: `new ServerError(Status.NOT_FOUND, "none")`,
  found: `{ $case: "found", value: item }`,
  isFound: `result?.$case === "found"`,
};

/** ts-proto's messages and generic definitions with nice-grpc; errors are a code and a text. */
export const niceGrpcProject: Project = {
  name: "ts-proto + nice-grpc",
  plugins: [
    {
      local: "node_modules/.bin/protoc-gen-ts_proto",
      strategy: "all",
      opt: [...TS_PROTO_OPTIONS, "outputServices=nice-grpc", "outputServices=generic-definitions"],
    },
  ],
  sourceOf(service) {
    const gen = `./gen/${nameOf(service)}/v1/${nameOf(service)}`;
    return `import { type Channel, ClientError, createClient, createServer, type Server, ServerError, Status } from "nice-grpc";
import { type Item, ShopServiceDefinition, type ShopServiceImplementation } from "${gen}.js";

const item: Item = { productId: "p", priceCents: 1n, state: 1 };

const handlers: ShopServiceImplementation = {
${writeHandlers(DIALECT)}
};

export const server: Server = createServer();
server.add(ShopServiceDefinition, handlers);

export async function use(channel: Channel): Promise<unknown[]> {
  const client = createClient(ShopServiceDefinition, channel);
  const seen: unknown[] = [];
  try {
${writeCalls(DIALECT)}
  } catch (error) {
    seen.push(error instanceof ClientError ? error.code : -1);
  }
  return seen;
}
`;
  },
};
