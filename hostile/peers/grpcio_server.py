"""grpcio's server, all options as they come: grpcio_server.py DESCRIPTORS CERTIFICATE KEY.

It prints where it listens, collects garbage for each line `collect` on its input, and ends with it.
"""

import asyncio
import gc
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory


def read(path):
    with open(path, "rb") as file:
        return file.read()


def messages(path):
    """The classes of the messages in a descriptor set, by their short names."""
    files = descriptor_pb2.FileDescriptorSet.FromString(read(path)).file
    pool = descriptor_pool.DescriptorPool()
    for file in files:
        pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    names = [message.name for message in files[0].message_type]
    return {name: factory.GetPrototype(pool.FindMessageTypeByName("hostile.v1." + name)) for name in names}


def handlers(classes):
    async def measure(request, context):
        return classes["MeasureResponse"](bytes=len(request.payload))

    async def produce(request, context):
        return classes["ProduceResponse"](payload=bytes(request.bytes))

    async def watch(request, context):
        for _ in range(request.count):
            yield classes["WatchResponse"](payload=bytes(request.bytes))

    async def collect(requests, context):
        return classes["CollectResponse"](bytes=sum([len(one.payload) async for one in requests]))

    async def hold(requests, context):
        async for _ in requests:
            break
        await asyncio.Event().wait()
        yield classes["HoldResponse"]()

    def codec(name):
        return {
            "request_deserializer": classes[name + "Request"].FromString,
            "response_serializer": classes[name + "Response"].SerializeToString,
        }

    return grpc.method_handlers_generic_handler(
        "hostile.v1.HostileService",
        {
            "Measure": grpc.unary_unary_rpc_method_handler(measure, **codec("Measure")),
            "Produce": grpc.unary_unary_rpc_method_handler(produce, **codec("Produce")),
            "Watch": grpc.unary_stream_rpc_method_handler(watch, **codec("Watch")),
            "Collect": grpc.stream_unary_rpc_method_handler(collect, **codec("Collect")),
            "Hold": grpc.stream_stream_rpc_method_handler(hold, **codec("Hold")),
        },
    )


async def main():
    descriptors, certificate, key = sys.argv[1:]
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((handlers(messages(descriptors)),))
    plaintext = server.add_insecure_port("127.0.0.1:0")
    tls = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials(((read(key), read(certificate)),)))
    await server.start()
    print("listening at 127.0.0.1:%d tls 127.0.0.1:%d" % (plaintext, tls), flush=True)
    loop = asyncio.get_running_loop()
    while (await loop.run_in_executor(None, sys.stdin.readline)) != "":
        gc.collect()
        print("collected", flush=True)
    await server.stop(0)


asyncio.run(main())
