import { Metadata, type ServiceDefinition } from "@tightwire/core";
import { StatusNumber, SYSTEM } from "@tightwire/core/runtime";
import { describe, expect, test } from "vitest";
import { callerOf } from "../caller.test-support.js";
import { ServerReflection as ReflectionV1 } from "../gen/grpc/reflection/v1/reflection.service.js";
import { ServerReflection as ReflectionV1Alpha } from "../gen/grpc/reflection/v1alpha/reflection.service.js";
import { inProcess } from "../in-process/transport.js";
import { createServer } from "../server.js";
import { FILM_FILE, fileBytes, SERVICE_FILE, writeImage } from "./image.test-support.js";
import { addReflection } from "./reflection.js";

const NOT_FOUND = 5;
const INVALID_ARGUMENT = 3;
const FILM = Buffer.from(fileBytes(FILM_FILE));
const SERVICE = Buffer.from(fileBytes(SERVICE_FILE));

interface MessageRequest {
  readonly $case: string;
  readonly value: unknown;
}

describe.each([["v1", ReflectionV1] as const, ["v1alpha", ReflectionV1Alpha] as const])(
  "reflection %s",
  (_version, reflection) => {
    /**
     * The responses, on one stream, of a server with one described service and one without an
     * image.
     */
    async function ask(...messageRequests: (MessageRequest | undefined)[]): Promise<unknown[]> {
      const films: ServiceDefinition = {
        name: "shop.v1.Films",
        methods: {},
        image: writeImage(FILM_FILE, SERVICE_FILE),
      };
      const bare: ServiceDefinition = { name: "shop.v1.Bare", methods: {} };
      const server = createServer().add(films, {}).add(bare, {});
      addReflection(server);
      const call = await callerOf(server);
      const requests = messageRequests.map((messageRequest) => ({ host: "here", messageRequest }));
      const info = call(reflection, "serverReflectionInfo", ...requests);
      expect(await info.finished).toBe("ok");
      const responses = info.responses as {
        validHost: string;
        originalRequest: object;
        messageResponse: unknown;
      }[];
      expect(
        responses.map(({ validHost, originalRequest }) => [validHost, originalRequest]),
      ).toEqual(requests.map((request) => ["here", request]));
      return responses.map(({ messageResponse }) => messageResponse);
    }

    const filesOf = (...files: Buffer[]) => ({
      $case: "fileDescriptorResponse",
      value: { fileDescriptorProto: files.map((file) => new Uint8Array(file)) },
    });
    const errorOf = (errorCode: number, errorMessage: string) => ({
      $case: "errorResponse",
      value: { errorCode, errorMessage },
    });

    test("lists all services, with itself and those without an image", async () => {
      const names = [
        "shop.v1.Films",
        "shop.v1.Bare",
        "grpc.reflection.v1.ServerReflection",
        "grpc.reflection.v1alpha.ServerReflection",
      ];
      expect(await ask({ $case: "listServices", value: "" })).toEqual([
        { $case: "listServicesResponse", value: { service: names.map((name) => ({ name })) } },
      ]);
    });

    test.each([
      ["fileByFilename", "shop/v1/films.proto"],
      ["fileContainingSymbol", "shop.v1.Films"],
      ["fileContainingSymbol", "shop.v1.Films.GetFilm"],
      ["fileContainingSymbol", "shop.v1.note"],
      ["fileContainingExtension", { containingType: "shop.v1.Film", extensionNumber: 110 }],
      ["fileContainingExtension", { containingType: "shop.v1.Film", extensionNumber: 120 }],
    ])("%s %j gives the file first, then its imports", async ($case, value) => {
      expect(await ask({ $case, value })).toEqual([filesOf(SERVICE, FILM)]);
    });

    test.each([
      "shop.v1.Film",
      "shop.v1.Film.Cut",
      "shop.v1.Film.title",
      "shop.v1.Film.RATING_G",
      "shop.v1.KIND_SHORT",
    ])("the file that defines %s", async (value) => {
      expect(await ask({ $case: "fileContainingSymbol", value })).toEqual([filesOf(FILM)]);
    });

    test("an import is sent once a stream, the requested file every time", async () => {
      const service = { $case: "fileByFilename", value: "shop/v1/films.proto" };
      const film = { $case: "fileByFilename", value: "shop/v1/film.proto" };
      expect(await ask(service, service, film)).toEqual([
        filesOf(SERVICE, FILM),
        filesOf(SERVICE),
        filesOf(FILM),
      ]);
    });

    test("the numbers of a message's extensions", async () => {
      expect(await ask({ $case: "allExtensionNumbersOfType", value: "shop.v1.Film" })).toEqual([
        {
          $case: "allExtensionNumbersResponse",
          value: { baseTypeName: "shop.v1.Film", extensionNumber: [110, 120] },
        },
      ]);
    });

    test("the protocol's own files are described", async () => {
      const [response] = await ask({
        $case: "fileContainingSymbol",
        value: `${reflection.name}.ServerReflectionInfo`,
      });
      expect(response).toMatchObject({ $case: "fileDescriptorResponse" });
    });

    test("an unknown name is NOT_FOUND and repeated, and the stream goes on", async () => {
      const responses = await ask(
        { $case: "fileByFilename", value: "no.proto" },
        { $case: "fileContainingSymbol", value: "shop.v1.Nothing" },
        {
          $case: "fileContainingExtension",
          value: { containingType: "shop.v1.Film", extensionNumber: 111 },
        },
        { $case: "allExtensionNumbersOfType", value: "shop.v1.Nothing" },
        { $case: "fileContainingSymbol", value: "shop.v1.Bare" },
      );
      expect(responses).toEqual([
        errorOf(NOT_FOUND, "file no.proto not found"),
        errorOf(NOT_FOUND, "symbol shop.v1.Nothing not found"),
        errorOf(NOT_FOUND, "extension 111 of shop.v1.Film not found"),
        errorOf(NOT_FOUND, "message shop.v1.Nothing not found"),
        errorOf(NOT_FOUND, "symbol shop.v1.Bare not found"),
      ]);
    });

    test("an empty request is INVALID_ARGUMENT", async () => {
      expect(await ask(undefined)).toEqual([
        errorOf(INVALID_ARGUMENT, "message_request is not set"),
      ]);
    });
  },
);

test("a stream that a client keeps open finishes when the server drains", async () => {
  const server = createServer();
  addReflection(server);
  const connection = await inProcess(server).connect(
    { address: "in-process", authority: "in-process" },
    { timeoutMs: 1_000, maxMessageBytes: 1 << 20, ...SYSTEM },
  );
  const finished = new Promise<number>((resolve) => {
    const sink = {
      headers: () => {},
      message: () => {},
      drained: () => {},
      finished: ({ code }: { code: number }) => resolve(code),
    };
    const path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    const deadline = Number.POSITIVE_INFINITY;
    const metadata = new Metadata();
    connection.stream({ path, metadata, deadline, compress: false, previousAttempts: 0 }, sink);
  });
  await new Promise(setImmediate); // the handler waits for a request
  await server.stop({ pauseMs: 0, graceMs: Number.POSITIVE_INFINITY });
  expect(await finished).toBe(StatusNumber.OK);
});
