// Imports point one way: codec <- core <- wire <- server, client <- gateway <- gen <-
// packages/client <- packages/server <- e2e, bench, fuzz, hostile, interop.
const LIBRARY = "^tightwire/";

function onlyFrom(name, comment, from, to) {
  return { name, comment, severity: "error", from, to };
}

module.exports = {
  forbidden: [
    onlyFrom(
      "no-cycles",
      "A circle means that two files are one concept, or that one knows too much. Types count, too.",
      {},
      { circular: true },
    ),
    onlyFrom(
      "library-knows-no-shop",
      "The library never imports the shop or its contracts.",
      { path: LIBRARY },
      { path: "^(gen|packages|e2e|bench|fuzz|hostile|interop)/" },
    ),
    onlyFrom(
      "codec-is-the-ground",
      "codec imports nothing of ours.",
      { path: "^tightwire/codec/" },
      { path: "^tightwire/(?!codec/)" },
    ),
    onlyFrom(
      "core-knows-codec",
      "core imports codec alone, under its generated messages.",
      { path: "^tightwire/core/(?!src/gen/)" },
      { path: "^tightwire/(?!core/)" },
    ),
    onlyFrom(
      "codegen-stands-alone",
      "codegen writes text; it imports contract, and of codec the names of messages.",
      { path: "^tightwire/codegen/" },
      { path: "^tightwire/(?!codegen/|contract/|codec/(src|dist)/message-name)" },
    ),
    onlyFrom(
      "contract-stands-alone",
      "contract imports nothing of ours.",
      { path: "^tightwire/contract/" },
      { path: "^tightwire/(?!contract/)" },
    ),
    onlyFrom(
      "gateway-knows-client-and-core",
      "The gateway calls services as any client does.",
      { path: "^tightwire/gateway/", pathNot: "\\.test(-support)?\\.ts$" },
      { path: "^tightwire/(?!gateway/|contract/|client/|core/|codec/)" },
    ),
    onlyFrom(
      "nothing-of-the-library-imports-gateway",
      "",
      { path: "^tightwire/(?!gateway/)" },
      { path: "^tightwire/gateway/" },
    ),
    onlyFrom(
      "wire-knows-core",
      "wire imports core alone.",
      { path: "^tightwire/wire/" },
      { path: "^tightwire/(?!wire/|core/)" },
    ),
    onlyFrom(
      "server-knows-no-client",
      "",
      { path: "^tightwire/server/" },
      { path: "^tightwire/(client|testing|transport-contract|codegen)/" },
    ),
    onlyFrom(
      "client-knows-no-server",
      "",
      { path: "^tightwire/client/" },
      { path: "^tightwire/(server|testing|transport-contract|codegen|codec)/" },
    ),
    onlyFrom(
      "testing-is-for-tests",
      "testing is imported by tests only.",
      { pathNot: "^(tightwire/(testing|transport-contract)|e2e|fuzz|interop)/|\\.test\\.ts$" },
      { path: "^tightwire/testing/" },
    ),
    onlyFrom(
      "testing-knows-client-and-server",
      "testing has stubs that are made of a real client and server, and simulates their network.",
      { path: "^tightwire/testing/" },
      { path: "^tightwire/(?!testing/|core/|client/|server/|wire/)" },
    ),
    onlyFrom(
      "transport-contract-is-for-tests",
      "The suite of transports is imported by e2e only.",
      { pathNot: "^(tightwire/transport-contract|e2e)/" },
      { path: "^tightwire/transport-contract/" },
    ),
    onlyFrom(
      "gen-knows-core-and-codec",
      "",
      { path: "^gen/" },
      { path: "^(tightwire/(?!core/|codec/)|packages/|e2e/|bench/|interop/)" },
    ),
    onlyFrom(
      "shop-client-knows-no-server",
      "",
      { path: "^packages/client/" },
      { path: "^(packages/server|tightwire/server)/" },
    ),
    onlyFrom(
      "services-meet-over-the-wire",
      "catalog and orders never import each other: they meet over @shop/client.",
      { path: "^packages/server/src/catalog/" },
      { path: "^packages/server/(src|dist)/orders/" },
    ),
    onlyFrom(
      "services-meet-over-the-wire-too",
      "catalog and orders never import each other: they meet over @shop/client.",
      { path: "^packages/server/src/orders/" },
      { path: "^packages/server/(src|dist)/catalog/" },
    ),
    onlyFrom(
      "nothing-imports-e2e-bench-fuzz-or-hostile",
      "",
      { pathNot: "^(e2e|bench|fuzz|hostile)/" },
      { path: "^(e2e|bench|fuzz|hostile)/" },
    ),
    onlyFrom("nothing-imports-interop", "", { pathNot: "^interop/" }, { path: "^interop/" }),
    onlyFrom(
      "interop-stands-alone",
      "",
      { path: "^interop/" },
      { path: "^(gen|packages|e2e|bench|fuzz|hostile)/|^tightwire/(transport-contract|codegen)/" },
    ),
    onlyFrom(
      "grpc-js-in-its-rooms",
      "grpc-js is imported under the two grpc-js rooms only.",
      { path: LIBRARY, pathNot: "^tightwire/(server|client)/src/grpc-js/" },
      { path: "node_modules/@grpc/grpc-js|^@grpc/grpc-js" },
    ),
    onlyFrom(
      "grpc-js-is-asked-for",
      "Users import the grpc-js rooms by their own entries: nothing else of the library loads grpc-js, which may not be installed.",
      { path: LIBRARY, pathNot: "^tightwire/(server|client)/src/grpc-js/" },
      { path: "^tightwire/(server|client)/(src|dist)/grpc-js/" },
    ),
    onlyFrom(
      "library-makes-no-logger",
      "The library takes a logger, it makes none.",
      { path: LIBRARY },
      { path: "node_modules/pino|^pino" },
    ),
    onlyFrom(
      "no-index-inside",
      "A package never imports its own index.",
      { path: "^(tightwire/[^/]+|packages/[^/]+)/src/" },
      { path: "^(tightwire|packages)/[^/]+/src/index\\.ts$" },
    ),
    onlyFrom("resolvable", "Every import is found.", {}, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: "node_modules|/dist/" },
    // What is built, and what is put together when packages are packed.
    exclude: { path: "/dist/|^tightwire/[^/]+/(lib|vendor)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "node", "default"],
      extensions: [".ts", ".js", ".mjs", ".cjs"],
    },
  },
};
