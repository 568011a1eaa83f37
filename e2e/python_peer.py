"""A peer of the test service in Python. argv: `client` or `server`, the service's descriptors, then the address to call, or the packed status to fail with (base64)."""

import base64
import json
import sys
from concurrent.futures import ThreadPoolExecutor

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

NAME = "tightwire.testing.v1.TestService"
pool = descriptor_pool.DescriptorPool()
with open(sys.argv[2], "rb") as image:
    for file in descriptor_pb2.FileDescriptorSet.FromString(image.read()).file:
        pool.Add(file)
service = pool.FindServiceByName(NAME)
factory = message_factory.MessageFactory(pool)


def types(method):
    descriptor = service.FindMethodByName(method)
    return factory.GetPrototype(descriptor.input_type), factory.GetPrototype(descriptor.output_type)


def exercise(address):
    with grpc.insecure_channel(address) as channel:

        def stub(method, make):
            request, response = types(method)
            call = make(f"/{NAME}/{method}", request_serializer=request.SerializeToString, response_deserializer=response.FromString)
            return call, request

        unary, UnaryRequest = stub("Unary", channel.unary_unary)
        server_stream, ServerStreamRequest = stub("ServerStream", channel.unary_stream)
        client_stream, ClientStreamRequest = stub("ClientStream", channel.stream_unary)
        bidi_stream, BidiStreamRequest = stub("BidiStream", channel.stream_stream)

        def failure(text, timeout):
            try:
                unary(UnaryRequest(text=text), timeout=timeout)
            except grpc.RpcError as error:
                return error

        error = failure("fail", 5)
        trailers = {key: base64.b64encode(value).decode() for key, value in error.trailing_metadata() if key.endswith("-bin")}
        return {
            "unary": unary(UnaryRequest(number=41), timeout=5).number,
            "serverStream": [one.number for one in server_stream(ServerStreamRequest(number=3), timeout=5)],
            "clientStream": client_stream((ClientStreamRequest(number=n) for n in range(3)), timeout=5).number,
            "bidiStream": [one.number for one in bidi_stream((BidiStreamRequest(number=n) for n in range(3)), timeout=5)],
            "echoed": unary(UnaryRequest(payload=b"\x07" * 1_000_000), timeout=5).payload.count(b"\x07"),
            "error": {
                "code": error.code().name.lower(),
                "message": error.details(),
                "details": trailers["grpc-status-details-bin"],
                "trace": trailers["x-trace-bin"],
            },
            "late": failure("wait", 0.1).code().name.lower(),
        }


def serve(packed_status):
    def unary(request, context):
        if request.text == "fail":
            context.set_trailing_metadata((("grpc-status-details-bin", packed_status), ("x-trace-bin", bytes([0, 127, 128, 255]))))
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "größer als 100 %")
        if request.text == "wait":
            ended.acquire(timeout=1)
        return types("Unary")[1](number=request.number + 1, payload=request.payload)

    def server_stream(request, _context):
        return (types("ServerStream")[1](number=n) for n in range(request.number))

    def client_stream(requests, _context):
        return types("ClientStream")[1](number=sum(1 for _ in requests))

    def bidi_stream(requests, _context):
        return (types("BidiStream")[1](number=-one.number) for one in requests)

    def handler(method, make, behaviour):
        request, response = types(method)
        return make(behaviour, request_deserializer=request.FromString, response_serializer=response.SerializeToString)

    from threading import Semaphore

    ended = Semaphore(0)
    handlers = {
        "Unary": handler("Unary", grpc.unary_unary_rpc_method_handler, unary),
        "ServerStream": handler("ServerStream", grpc.unary_stream_rpc_method_handler, server_stream),
        "ClientStream": handler("ClientStream", grpc.stream_unary_rpc_method_handler, client_stream),
        "BidiStream": handler("BidiStream", grpc.stream_stream_rpc_method_handler, bidi_stream),
    }
    server = grpc.server(ThreadPoolExecutor(8))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(NAME, handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(f"127.0.0.1:{port}", flush=True)
    server.wait_for_termination()


if sys.argv[1] == "client":
    print(json.dumps(exercise(sys.argv[3])))
else:
    serve(base64.b64decode(sys.argv[3]))
