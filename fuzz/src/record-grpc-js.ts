import {
  type ChannelOptions,
  Client,
  compressionAlgorithms,
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type sendUnaryData,
} from "@grpc/grpc-js";
import type { CallKind } from "./input.js";
import {
  hasOneResponse,
  type RecordedClient,
  type RecordedServer,
  requestsOf,
} from "./record-peer.js";
import type { Scene } from "./record-scenes.js";

const same = (bytes: Buffer): Buffer => bytes;
const KINDS: readonly CallKind[] = ["unary", "clientStream", "serverStream", "bidiStream"];

const SERVICE = Object.fromEntries(
  KINDS.map((kind) => [
    kind,
    {
      path: `/fuzz.Fuzz/${kind}`,
      requestStream: kind === "clientStream" || kind === "bidiStream",
      responseStream: !hasOneResponse(kind),
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    },
  ]),
) as ServiceDefinition;

function trailers(): Metadata {
  const metadata = new Metadata();
  metadata.set("x-why", "gone");
  return metadata;
}

/** grpc-js's server. */
export async function serveGrpcJs({ fails }: Scene): Promise<RecordedServer> {
  const error = { code: 5, details: "no such thing: é", metadata: trailers() };
  const server = new Server();
  server.addService(SERVICE, {
    unary: (call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) =>
      fails ? done(error) : done(null, call.request, trailers()),
    clientStream(call: ServerReadableStream<Buffer, Buffer>, done: sendUnaryData<Buffer>) {
      let last: Buffer = Buffer.alloc(0);
      call.on("data", (bytes: Buffer) => {
        last = bytes;
      });
      call.on("error", () => {});
      call.on("end", () => (fails ? done(error) : done(null, last, trailers())));
    },
    serverStream(call: ServerWritableStream<Buffer, Buffer>) {
      if (fails) return void call.emit("error", error);
      call.write(call.request);
      call.end(trailers());
    },
    bidiStream(call: ServerDuplexStream<Buffer, Buffer>) {
      if (fails) return void call.emit("error", error);
      call.on("error", () => {});
      call.on("data", (bytes: Buffer) => call.write(bytes));
      call.on("end", () => call.end(trailers()));
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (failure, bound) =>
      failure === null ? resolve(bound) : reject(failure),
    );
  });
  return {
    address: `127.0.0.1:${port}`,
    drain: () => server.tryShutdown(() => {}),
    close: () => Promise.resolve(server.forceShutdown()),
  };
}

/** grpc-js's client. */
export const callGrpcJs: RecordedClient = async (address, scene, midCall) => {
  const options: ChannelOptions = scene.compress
    ? { "grpc.default_compression_algorithm": compressionAlgorithms.gzip }
    : {};
  const client = new Client(address, credentials.createInsecure(), options);
  for (const [number, kind] of scene.calls.entries()) {
    await call(client, kind, scene, number === scene.calls.length - 1 ? midCall : async () => {});
  }
  client.close();
};

function call(
  client: Client,
  kind: CallKind,
  scene: Scene,
  midCall: () => Promise<void>,
): Promise<void> {
  const path = `/fuzz.Fuzz/${kind}`;
  const requests = requestsOf(kind, scene);
  const first = requests[0] as Buffer;
  const options = { deadline: Date.now() + 10_000 };
  return new Promise((resolve) => {
    const done = (): void => resolve();
    if (kind === "unary")
      return void client.makeUnaryRequest(path, same, same, first, trailers(), options, done);
    if (kind === "clientStream") {
      const writer = client.makeClientStreamRequest(path, same, same, trailers(), options, done);
      for (const request of requests) writer.write(request);
      return void writer.end();
    }
    if (kind === "serverStream") {
      const reader = client.makeServerStreamRequest(path, same, same, first, trailers(), options);
      reader.on("data", () => {});
      return void reader.on("error", () => {}).on("status", done);
    }
    const stream = client.makeBidiStreamRequest(path, same, same, trailers(), options);
    const next = (): void => {
      const request = requests.shift();
      if (request === undefined) stream.end();
      else stream.write(request);
    };
    stream.on("data", () => {
      if (scene.cancels) stream.cancel();
      else void midCall().then(next);
    });
    stream.on("error", () => {}).on("status", done);
    next();
  });
}
