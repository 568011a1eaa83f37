"""python3-grpcio as a peer of the recorder: `server SCENE` says its port and drains at the first line it reads; `client ADDRESS SCENE` makes the calls. A scene is JSON."""
import json
import sys
from concurrent import futures

import grpc


def fail(context):
    context.set_trailing_metadata((("x-why", "gone"),))
    context.abort(grpc.StatusCode.NOT_FOUND, "no such thing: é")


def handlers(scene):
    def unary(request, context):
        if scene["fails"]:
            fail(context)
        return request

    def client_stream(requests, context):
        if scene["fails"]:
            fail(context)
        last = b""
        for last in requests:
            pass
        return last

    def server_stream(request, context):
        if scene["fails"]:
            fail(context)
        yield request

    def bidi_stream(requests, context):
        if scene["fails"]:
            fail(context)
        yield from requests

    return {
        "unary": grpc.unary_unary_rpc_method_handler(unary),
        "clientStream": grpc.stream_unary_rpc_method_handler(client_stream),
        "serverStream": grpc.unary_stream_rpc_method_handler(server_stream),
        "bidiStream": grpc.stream_stream_rpc_method_handler(bidi_stream),
    }


def serve(scene):
    compression = grpc.Compression.Gzip if scene["compress"] else None
    server = grpc.server(futures.ThreadPoolExecutor(4), compression=compression)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("fuzz.Fuzz", handlers(scene)),))
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    server.start()
    sys.stdin.readline()
    server.stop(5)
    sys.stdin.readline()
    server.stop(0)


def call(channel, kind, scene, mid_call):
    count = 2 if kind in ("clientStream", "bidiStream") else 1
    requests = [bytes([97 + at]) * scene["messageBytes"] for at in range(count)]
    method = "/fuzz.Fuzz/" + kind
    options = {"timeout": 10, "metadata": (("x-fuzz", "1"), ("x-bin", b"\1\2\3"))}
    if kind == "unary":
        channel.unary_unary(method)(requests[0], **options)
    elif kind == "clientStream":
        channel.stream_unary(method)(iter(requests), **options)
    elif kind == "serverStream":
        list(channel.unary_stream(method)(requests[0], **options))
    else:
        responses = channel.stream_stream(method)(iter(requests), **options)
        for _ in responses:
            if scene["cancels"]:
                responses.cancel()
            mid_call()


def make_calls(address, scene):
    compression = grpc.Compression.Gzip if scene["compress"] else None

    def mid_call():
        if scene["goesAway"]:
            print("mid", flush=True)
            sys.stdin.readline()

    with grpc.insecure_channel(address, compression=compression) as channel:
        for number, kind in enumerate(scene["calls"]):
            try:
                call(channel, kind, scene, mid_call if number == len(scene["calls"]) - 1 else lambda: None)
            except grpc.RpcError:
                pass


if __name__ == "__main__":
    if sys.argv[1] == "server":
        serve(json.loads(sys.argv[2]))
    else:
        make_calls(sys.argv[2], json.loads(sys.argv[3]))
