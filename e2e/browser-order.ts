// Runs in a browser: an order from start to finish, by each of the clients that browsers have.
import {
  create,
  createFileRegistry,
  type DescMessage,
  type DescService,
  fromBinary,
  type Message,
  toBinary,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web";
import grpcWeb from "grpc-web";

/** What an order went through: status numbers as they were seen. */
export interface OrderStory {
  readonly placed: number;
  readonly tracked: readonly number[];
  readonly read: number;
  readonly cancelled: number;
  /** What the client is told of an order that is not there. */
  readonly missing: string;
}

type Plain = Record<string, unknown>;
/** Calls by the name of the method, whatever client makes them. */
interface Caller {
  unary(service: string, method: string, request: Plain): Promise<Plain>;
  stream(service: string, method: string, request: Plain): AsyncIterable<Plain>;
}

const CATALOG = "shop.catalog.v1.CatalogService";
const ORDERS = "shop.orders.v1.OrdersService";

async function order(caller: Caller, requestId: string): Promise<OrderStory> {
  const { products } = (await caller.unary(CATALOG, "ListProducts", {
    pageSize: 1,
    filter: { titleContains: "alien", inStock: true },
  })) as {
    products: { id: string }[];
  };
  const lines = [{ productId: products[0]?.id, quantity: 1 }];
  const buyer = { name: "Ada", email: "ada@example.org", address: "1 Road" };
  const payment = { case: "invoice", value: { reference: "PO 1" } };
  const placed = (await caller.unary(ORDERS, "PlaceOrder", { requestId, buyer, lines, payment }))[
    "order"
  ] as {
    id: string;
    status: number;
  };
  const tracked: number[] = [];
  let cancelled = 0;
  for await (const { status } of caller.stream(ORDERS, "TrackOrder", { id: placed.id })) {
    tracked.push(status as number);
    // The stream tells of it, and ends.
    if (tracked.length === 1)
      cancelled = (
        (await caller.unary(ORDERS, "CancelOrder", { id: placed.id }))["order"] as {
          status: number;
        }
      ).status;
  }
  const read = (
    (await caller.unary(ORDERS, "GetOrder", { id: placed.id }))["order"] as { status: number }
  ).status;
  const missing = await caller.unary(ORDERS, "GetOrder", { id: "none" }).then(
    () => "it is there",
    (error: Error & { code: number }) => `${error.code} ${error.message}`,
  );
  return { placed: placed.status, tracked, read, cancelled, missing };
}

type Registry = ReturnType<typeof createFileRegistry>;

function connectCaller(registry: Registry, transport: Transport): Caller {
  const method = (service: string, name: string): ((request: Plain) => unknown) => {
    const client = createClient(
      registry.getService(service) as DescService,
      transport,
    ) as unknown as Record<string, (request: Plain) => unknown>;
    return client[name.charAt(0).toLowerCase() + name.slice(1)] as (request: Plain) => unknown;
  };
  return {
    unary: (service, name, request) => method(service, name)(request) as Promise<Plain>,
    stream: (service, name, request) => method(service, name)(request) as AsyncIterable<Plain>,
  };
}

/** Google's own client, with descriptors in place of generated messages. */
function googleCaller(registry: Registry, baseUrl: string): Caller {
  const client = new grpcWeb.GrpcWebClientBase({ format: "text" });
  function describe(
    service: string,
    name: string,
    type: string,
  ): { url: string; input: DescMessage; method: grpcWeb.MethodDescriptor<Message, Message> } {
    const found = (registry.getService(service) as DescService).methods.find(
      (one) => one.name === name,
    );
    if (found === undefined) throw new Error(`there is no method ${name}`);
    const { input, output } = found;
    const nothing = class {} as never;
    const method = new grpcWeb.MethodDescriptor<Message, Message>(
      `/${service}/${name}`,
      type,
      nothing,
      nothing,
      (request: Message) => toBinary(input, request),
      (bytes: Uint8Array) => fromBinary(output, bytes),
    );
    return { url: `${baseUrl}/${service}/${name}`, input, method };
  }
  return {
    unary(service, name, request) {
      const { url, input, method } = describe(service, name, grpcWeb.MethodType.UNARY);
      return client.unaryCall(
        url,
        create(input, request),
        {},
        method,
      ) as Promise<unknown> as Promise<Plain>;
    },
    async *stream(service, name, request) {
      const { url, input, method } = describe(service, name, grpcWeb.MethodType.SERVER_STREAMING);
      const events: (Plain | Error | undefined)[] = [];
      let wake = (): void => {};
      const tell = (event: Plain | Error | undefined): void => {
        events.push(event);
        wake();
      };
      const stream = client.serverStreaming(url, create(input, request), {}, method);
      stream.on("data", (message) => tell(message as unknown as Plain));
      stream.on("error", (error) => tell(new Error(error.message)));
      stream.on("end", () => tell(undefined));
      for (;;) {
        while (events.length === 0) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        const event = events.shift();
        if (event === undefined) return;
        if (event instanceof Error) throw event;
        yield event;
      }
    },
  };
}

/** The clients, by their names. */
const CALLERS: Readonly<Record<string, (registry: Registry, baseUrl: string) => Caller>> = {
  "connect-web, Connect": (registry, baseUrl) =>
    connectCaller(registry, createConnectTransport({ baseUrl })),
  "connect-web, Connect, binary": (registry, baseUrl) =>
    connectCaller(registry, createConnectTransport({ baseUrl, useBinaryFormat: true })),
  "connect-web, gRPC-Web": (registry, baseUrl) =>
    connectCaller(registry, createGrpcWebTransport({ baseUrl })),
  "grpc-web, text": googleCaller,
};

Object.assign(globalThis, {
  completeOrder(
    name: string,
    baseUrl: string,
    image: string,
    requestId: string,
  ): Promise<OrderStory> {
    const bytes = Uint8Array.from(atob(image), (char) => char.charCodeAt(0));
    const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, bytes));
    return order((CALLERS[name] as (typeof CALLERS)[string])(registry, baseUrl), requestId);
  },
});
