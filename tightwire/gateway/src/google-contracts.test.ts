import {
  createFileRegistry,
  type FileRegistry,
  fromBinary,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import {
  type FileDescriptorProto,
  type FileDescriptorSet,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { Validator } from "@seriousme/openapi-schema-validator";
import { formatFault, type Route, readRoutes } from "@tightwire/contract";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileImage } from "./contract.test-support.js";
import { exampleRequest } from "./rest/example-request.test-support.js";
import { type StubbedGateway, serveStub } from "./stub.test-support.js";

/** Google's contracts that are served, by folder or file. */
const PACKAGES: readonly string[] = [
  "google/bigtable/admin/v2",
  "google/cloud/kms/v1",
  "google/cloud/redis/v1",
  "google/cloud/run/v2",
  "google/cloud/scheduler/v1",
  "google/cloud/secretmanager/v1",
  "google/cloud/speech/v2",
  "google/cloud/tasks/v2",
  "google/cloud/translate/v3",
  "google/cloud/vision/v1",
  "google/container/v1",
  "google/datastore/v1",
  "google/devtools/artifactregistry/v1",
  "google/devtools/cloudbuild/v1",
  "google/devtools/cloudtrace/v2",
  "google/firestore/v1",
  "google/iam/admin/v1",
  "google/iam/credentials/v1",
  "google/iam/v1",
  "google/iam/v2",
  "google/logging/v2",
  "google/longrunning/operations.proto",
  "google/monitoring/dashboard/v1",
  "google/monitoring/v3",
  "google/pubsub/v1",
  "google/spanner/admin/database/v1",
  "google/spanner/admin/instance/v1",
  "google/spanner/v1",
  "google/storage/control/v2",
];

const NO_SEGMENT =
  "where its ** matches no segment, its path equals that of the collection, whose template has no ** and wins";

/**
 * Methods whose requests may match another method, because their contract does not distinguish
 * them: the other method, and why.
 */
const SHARED: ReadonlyMap<string, readonly [other: string, why: string]> = new Map([
  ["ArtifactRegistry.GetFile", ["ArtifactRegistry.ListFiles", NO_SEGMENT]],
  [
    "Firestore.GetDocument",
    [
      "Firestore.ListDocuments",
      "a document and a collection have the same shape of path: the template that continues after ** wins",
    ],
  ],
  ["MetricService.GetMetricDescriptor", ["MetricService.ListMetricDescriptors", NO_SEGMENT]],
  [
    "MetricService.GetMonitoredResourceDescriptor",
    ["MetricService.ListMonitoredResourceDescriptors", NO_SEGMENT],
  ],
]);

let set: FileDescriptorSet;
const covered = { services: 0, methods: new Set<string>(), routes: 0 };

beforeAll(() => {
  set = fromBinary(FileDescriptorSetSchema, compileImage({ google: PACKAGES }));
});

afterAll(() => {
  process.stdout.write(
    `Google's contracts: ${PACKAGES.length} packages, ${covered.services} services, ${covered.methods.size} methods, ${covered.routes} routes\n`,
  );
});

describe.each(PACKAGES)("%s", (folder) => {
  let registry: FileRegistry;
  let stub: StubbedGateway;
  let routes: readonly Route[];

  beforeAll(async () => {
    const files = withImports(({ name }) => name === folder || name.startsWith(`${folder}/`));
    const image = toBinary(FileDescriptorSetSchema, { ...set, file: files });
    registry = createFileRegistry({ ...set, file: files });
    const services = [...registry.files]
      .filter(({ proto: { name } }) => name === folder || name.startsWith(`${folder}/`))
      .flatMap((file) => file.services);
    const read = readRoutes(registry, services);
    expect(read.faults.map(formatFault)).toEqual([]);
    routes = read.routes.filter(({ method }) => method.methodKind === "unary");
    stub = await serveStub(image, { services: services.map(({ typeName }) => typeName) });
    covered.services += services.length;
  });
  afterAll(() => stub.close());

  test("serves the requests of its routes", async () => {
    const faults: string[] = [];
    for (const route of routes) {
      await fc.assert(
        fc.asyncProperty(fc.gen(), async (draw) => {
          const fault = await ask(route, draw);
          if (fault !== undefined) faults.push(`${nameOf(route)}: ${fault}`);
        }),
        { seed: 1, numRuns: 1 },
      );
      covered.methods.add(`${route.method.parent.typeName}.${route.method.name}`);
      covered.routes++;
    }
    expect(routes).not.toEqual([]);
    expect(faults).toEqual([]);
  });

  test("has a valid OpenAPI document", async () => {
    const result = await new Validator().validate(JSON.parse(JSON.stringify(stub.gateway.openApi)));
    expect(result).toMatchObject({ valid: true });
  });

  async function ask(
    route: Route,
    draw: Parameters<typeof exampleRequest>[2],
  ): Promise<string | undefined> {
    const { verb, path, body, contentType, meant } = exampleRequest(route, registry, draw);
    const before = stub.calls.length;
    const response = await stub.ask(verb, path, body, { "content-type": contentType });
    const call = stub.calls[before];
    const at = `${verb} ${path.slice(0, 300)}`;
    if (response.status !== 200 || call === undefined)
      return `${at} gave ${response.status} ${response.text.slice(0, 300)}`;
    const [service = "", method = ""] = call.path.slice(1).split("/");
    if (service !== route.method.parent.typeName || method !== route.method.name) {
      const [shared] = SHARED.get(nameOf(route)) ?? [];
      return `${service.slice(service.lastIndexOf(".") + 1)}.${method}` === shared
        ? undefined
        : `${at} matched ${call.path}`;
    }
    const got = fromBinary(route.method.input, call.request);
    if (
      Buffer.compare(
        toBinary(route.method.input, got),
        toBinary(route.method.input, meant.message),
      ) === 0
    )
      return undefined;
    const [told, wanted] = [got, meant.message].map((one) =>
      JSON.stringify(toJson(route.method.input, one, { registry })).slice(0, 2000),
    );
    return `${at} with ${String(body).slice(0, 1000)} arrived as ${told}, but meant ${wanted}`;
  }
});

/** Files and all their imports, imports first. */
function withImports(wanted: (file: FileDescriptorProto) => boolean): FileDescriptorProto[] {
  const names = new Set(set.file.filter(wanted).map(({ name }) => name));
  for (const { name, dependency } of [...set.file].reverse())
    if (names.has(name)) for (const one of dependency) names.add(one);
  return set.file.filter(({ name }) => names.has(name));
}

function nameOf({ method }: Route): string {
  return `${method.parent.name}.${method.name}`;
}
