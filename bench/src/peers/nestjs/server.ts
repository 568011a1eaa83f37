import "reflect-metadata";
import { type AddressInfo, createServer } from "node:net";
import { Controller, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import {
  GrpcMethod,
  GrpcStreamMethod,
  type MicroserviceOptions,
  Transport,
} from "@nestjs/microservices";
import { map, type Observable, range } from "rxjs";
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
import { changeInNumbers, getInNumbers, listInNumbers } from "../../numbers.js";
import { sampleGetResponse, sampleListResponse, sampleWatchResponse } from "../../sample.js";
import { grpcOptions } from "./options.js";

class BenchController {
  async get({ id }: GetRequest): Promise<GetResponse> {
    return getInNumbers(sampleGetResponse(id));
  }

  async list({ pageSize }: ListRequest): Promise<ListResponse> {
    return listInNumbers(sampleListResponse(pageSize));
  }

  watch({ count }: WatchRequest): Observable<WatchResponse> {
    return range(0, count).pipe(map((sequence) => changeInNumbers(sampleWatchResponse(sequence))));
  }

  chat(requests: Observable<ChatRequest>): Observable<ChatResponse> {
    return requests.pipe(map(({ sequence, text }) => ({ sequence, text })));
  }
}

class BenchModule {}

/** What `@GrpcMethod()` before a method does, for a compiler that leaves decorators alone. */
function decorate(name: keyof BenchController, decorator: MethodDecorator): void {
  const method = Object.getOwnPropertyDescriptor(
    BenchController.prototype,
    name,
  ) as PropertyDescriptor;
  decorator(BenchController.prototype, name, method);
  Object.defineProperty(BenchController.prototype, name, method);
}

for (const name of ["get", "list", "watch"] as const) decorate(name, GrpcMethod("BenchService"));
decorate("chat", GrpcStreamMethod("BenchService"));
Controller()(BenchController);
Module({ controllers: [BenchController] })(BenchModule);

/** NestJS's gRPC transport, which is grpc-js with protobufjs, without its logger. */
export async function startServer(): Promise<string> {
  const address = `127.0.0.1:${await freePort()}`;
  const service = await NestFactory.createMicroservice<MicroserviceOptions>(BenchModule, {
    transport: Transport.GRPC,
    options: grpcOptions(address),
    logger: false,
  });
  await service.listen();
  return address;
}

/** NestJS does not tell which port it got, so that it has to be told one. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
