import { nameOf } from "./contract.js";
import type { Project } from "./project.js";
import { type Dialect, TS_PROTO_OPTIONS, writeCalls, writeHandlers } from "./source.js";

const DIALECT: Dialect = {
  context: ", call",
  tooFew: `call.errors.outOfStock({ productId: request.id, available: 1 }, "too few")`,
  none: `call.errors.notFound("none")`,
  found: `{ $case: "found", value: item }`,
  isFound: `result?.$case === "found"`,
};

/** ts-proto's messages with Tightwire's services, errors and rules. */
export const tightwireProject: Project = {
  name: "Tightwire",
  plugins: [
    {
      local: ["node", "tightwire/codec/dist/protoc-gen-ts_proto-codec.js"],
      strategy: "all",
      opt: [...TS_PROTO_OPTIONS, "outputServices=none"],
    },
    { local: ["node", "tightwire/codegen/dist/protoc-gen-tightwire.js"], strategy: "all" },
  ],
  sourceOf(service) {
    const gen = `./gen/${nameOf(service)}/v1/${nameOf(service)}`;
    return `import { type Channel, createClient } from "@tightwire/client";
import { matchError } from "@tightwire/core";
import { createServer, type Server } from "@tightwire/server";
import { ShopErrors } from "${gen}.errors.js";
import type { Item } from "${gen}.js";
import { ShopService } from "${gen}.service.js";

const item: Item = { productId: "p", priceCents: 1n, state: 1 };

export const server: Server = createServer().add(ShopService, {
${writeHandlers(DIALECT)}
});

export async function use(channel: Channel): Promise<unknown[]> {
  const client = createClient(ShopService, channel);
  const seen: unknown[] = [];
  try {
${writeCalls(DIALECT)}
  } catch (error) {
    const matchers = {
      notFound: () => 0,
      outOfStock: ({ available }: { available: number }) => available,
    };
    seen.push(matchError(error, ShopErrors, matchers, () => -1));
  }
  return seen;
}
`;
  },
};
