import type { ServerCall } from "@tightwire/core";
import { statusNumber } from "@tightwire/core/runtime";
import { builtIn } from "../built-in.js";
import type {
  ServerReflectionRequest,
  ServerReflectionResponse,
} from "../gen/grpc/reflection/v1/reflection.js";
import { ServerReflection as ReflectionV1 } from "../gen/grpc/reflection/v1/reflection.service.js";
import { ServerReflection as ReflectionV1Alpha } from "../gen/grpc/reflection/v1alpha/reflection.service.js";
import type { Server } from "../server.js";
import type { DescriptorIndex } from "./descriptor-index.js";

/** The name of the service. */
export const REFLECTION: string = ReflectionV1.name;

type Response = NonNullable<ServerReflectionResponse["messageResponse"]>;

/**
 * Serves `grpc.reflection.v1.ServerReflection` and its `v1alpha` version from the descriptor images
 * of the server's services. Services without an image are listed but not described. Call it before
 * the server listens; images are read on the first request.
 */
export function addReflection(server: Server): void {
  let loading: Promise<DescriptorIndex> | undefined;
  const index = (): Promise<DescriptorIndex> => {
    // Loaded on the first request: most servers never get one, and descriptors take long to load.
    loading ??= import("./descriptor-index.js").then(({ readDescriptorIndex }) =>
      readDescriptorIndex(imagesOf(server)),
    );
    return loading;
  };

  async function* serverReflectionInfo(
    requests: AsyncIterable<ServerReflectionRequest>,
    call: ServerCall,
  ): AsyncGenerator<ServerReflectionResponse> {
    const sent = new Set<string>();
    const reader = requests[Symbol.asyncIterator]();
    // A client may keep the stream open for ever: it must not hold up a drain.
    call.draining.addEventListener("abort", () => void reader.return?.());
    for await (const request of { [Symbol.asyncIterator]: () => reader }) {
      yield {
        validHost: request.host,
        originalRequest: request,
        messageResponse: respond(request, server, await index(), sent),
      };
    }
  }

  // The two versions differ only in their package.
  server.add(builtIn(ReflectionV1), { serverReflectionInfo });
  server.add(builtIn(ReflectionV1Alpha), { serverReflectionInfo });
}

function imagesOf(server: Server): URL[] {
  return server.services.flatMap(({ image }) => image ?? []);
}

function respond(
  { messageRequest }: ServerReflectionRequest,
  server: Server,
  index: DescriptorIndex,
  sent: Set<string>,
): Response {
  switch (messageRequest?.$case) {
    case "listServices":
      return {
        $case: "listServicesResponse",
        value: { service: server.services.map(({ name }) => ({ name })) },
      };
    case "fileByFilename":
      return files(index, messageRequest.value, sent, `file ${messageRequest.value}`);
    case "fileContainingSymbol":
      return files(
        index,
        index.fileOfSymbol(messageRequest.value),
        sent,
        `symbol ${messageRequest.value}`,
      );
    case "fileContainingExtension": {
      const { containingType, extensionNumber } = messageRequest.value;
      return files(
        index,
        index.fileOfExtension(containingType, extensionNumber),
        sent,
        `extension ${extensionNumber} of ${containingType}`,
      );
    }
    case "allExtensionNumbersOfType": {
      const numbers = index.extensionNumbers(messageRequest.value);
      if (numbers === undefined) return notFound(`message ${messageRequest.value}`);
      return {
        $case: "allExtensionNumbersResponse",
        value: { baseTypeName: messageRequest.value, extensionNumber: numbers },
      };
    }
    case undefined:
      return {
        $case: "errorResponse",
        value: {
          errorCode: statusNumber("invalid_argument"),
          errorMessage: "message_request is not set",
        },
      };
  }
}

/**
 * A file, and its imports that were not sent on this stream before. The file itself is always sent,
 * and comes first.
 */
function files(
  index: DescriptorIndex,
  name: string | undefined,
  sent: Set<string>,
  what: string,
): Response {
  const file = name === undefined ? undefined : index.file(name);
  if (name === undefined || file === undefined) return notFound(what);
  const collected: Uint8Array[] = [];
  function collect(one: string): void {
    const found = index.file(one);
    if (found === undefined || sent.has(one)) return;
    sent.add(one);
    for (const dependency of found.dependencies) collect(dependency);
    collected.push(found.bytes);
  }
  sent.delete(name);
  collect(name);
  return { $case: "fileDescriptorResponse", value: { fileDescriptorProto: collected.reverse() } };
}

function notFound(what: string): Response {
  return {
    $case: "errorResponse",
    value: { errorCode: statusNumber("not_found"), errorMessage: `${what} not found` },
  };
}
