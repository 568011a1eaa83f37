import "reflect-metadata";
import type { CallOptions, Metadata } from "@grpc/grpc-js";
import { type ClientGrpc, ClientProxyFactory, Transport } from "@nestjs/microservices";
import { firstValueFrom, type Observable, Subject, startWith, takeUntil, timer } from "rxjs";
import type {
  ChatRequest,
  ChatResponse,
  GetRequest,
  GetResponse,
  ListRequest,
  ListResponse,
  WatchRequest,
  WatchResponse,
} from "../../gen/numbers/bench/v1/bench.js";
import { metadataOf, within } from "../../grpc-js-call.js";
import type { NextHeaders } from "../../headers.js";
import { type PeerClient, STREAM_TIMEOUT_MS, UNARY_TIMEOUT_MS } from "../../peer.js";
import { grpcOptions } from "./options.js";

interface BenchClient {
  get(request: GetRequest, metadata: Metadata, options: CallOptions): Observable<GetResponse>;
  list(request: ListRequest, metadata: Metadata, options: CallOptions): Observable<ListResponse>;
  watch(request: WatchRequest, metadata: Metadata, options: CallOptions): Observable<WatchResponse>;
  chat(requests: Observable<ChatRequest>, metadata: Metadata): Observable<ChatResponse>;
}

/**
 * NestJS's gRPC client. Calls whose requests are a stream take no options there: a timer keeps the
 * deadline of `chat`, and the server is not told of it.
 */
export async function connectClient(
  address: string | undefined,
  nextHeaders: NextHeaders,
): Promise<PeerClient> {
  if (address === undefined) throw new TypeError("nestjs is measured against a server of its own");
  const proxy: ClientGrpc = ClientProxyFactory.create({
    transport: Transport.GRPC,
    options: grpcOptions(address),
  });
  const client = proxy.getService<BenchClient>("BenchService");
  const metadata = metadataOf(nextHeaders);
  return {
    get: (id) => firstValueFrom(client.get({ id }, metadata(), within(UNARY_TIMEOUT_MS))),
    list: (pageSize) =>
      firstValueFrom(client.list({ pageSize }, metadata(), within(UNARY_TIMEOUT_MS))),
    watch: (count) => watch(client.watch({ count }, metadata(), within(STREAM_TIMEOUT_MS))),
    chat: (count, responded) =>
      chat((requests) => client.chat(requests, metadata()), count, responded),
  };
}

async function watch(changes: Observable<WatchResponse>): Promise<number> {
  let seen = 0;
  await changes.forEach(() => seen++);
  return seen;
}

async function chat(
  call: (requests: Observable<ChatRequest>) => Observable<ChatResponse>,
  count: number,
  responded: () => void,
): Promise<number> {
  let seen = 0;
  const requests = new Subject<ChatRequest>();
  const responses = call(requests.pipe(startWith({ sequence: 0, text: "ping" })));
  await responses.pipe(takeUntil(timer(STREAM_TIMEOUT_MS))).forEach(() => {
    responded();
    if (++seen < count) requests.next({ sequence: seen, text: "ping" });
    else requests.complete();
  });
  return seen;
}
