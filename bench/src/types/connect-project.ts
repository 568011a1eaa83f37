import { nameOf } from "./contract.js";
import type { Project } from "./project.js";
import { type Dialect, writeCalls, writeHandlers } from "./source.js";

const DIALECT: Dialect = {
  context: "",
  tooFew: `new ConnectError("too few", Code.FailedPrecondition, undefined, [{ desc: OutOfStockSchema, value: { productId: request.id, available: 1 } }])`,
  none: `new ConnectError("none", Code.NotFound)`,
  found: `{ case: "found" as const, value: item }`,
  isFound: `result.case === "found"`,
};

/** protobuf-es with connect; the reader of an error looks for the details that it knows. */
export const connectProject: Project = {
  name: "protobuf-es + connect",
  plugins: [
    {
      local: "bench/node_modules/.bin/protoc-gen-es",
      include_imports: true, // its descriptors import those of the options
      opt: ["erasable_syntax=true", "import_extension=js", "target=ts"],
    },
  ],
  sourceOf(service) {
    const gen = `./gen/${nameOf(service)}/v1/${nameOf(service)}_pb.js`;
    return `import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError, type ConnectRouter, createClient, type ServiceImpl, type Transport } from "@connectrpc/connect";
import { type ItemSchema, OutOfStockSchema, ShopService } from "${gen}";

const item: MessageInitShape<typeof ItemSchema> = { productId: "p", priceCents: 1n, state: 1 };

const handlers: ServiceImpl<typeof ShopService> = {
${writeHandlers(DIALECT)}
};

export function routes(router: ConnectRouter): void {
  router.service(ShopService, handlers);
}

export async function use(transport: Transport): Promise<unknown[]> {
  const client = createClient(ShopService, transport);
  const seen: unknown[] = [];
  try {
${writeCalls(DIALECT)}
  } catch (error) {
    seen.push(ConnectError.from(error).findDetails(OutOfStockSchema)[0]?.available);
  }
  return seen;
}
`;
  },
};
