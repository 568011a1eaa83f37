"""A peer that compresses all it sends with deflate. argv: `client` and the address to call, or `server`. Echoes go to `/t/Echo`."""

import sys
from concurrent.futures import ThreadPoolExecutor

import grpc

SIZES = (10, 1_000, 20_000, 1_000_000)


def client(address):
    with grpc.insecure_channel(address, compression=grpc.Compression.Deflate) as channel:
        echo = channel.unary_unary("/t/Echo")
        print(*(len(echo(b"\x07" * size, timeout=10)) for size in SIZES))


def server():
    handler = grpc.unary_unary_rpc_method_handler(lambda request, context: request)
    peer = grpc.server(ThreadPoolExecutor(2), compression=grpc.Compression.Deflate)
    peer.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("t", {"Echo": handler}),))
    port = peer.add_insecure_port("127.0.0.1:0")
    peer.start()
    print("127.0.0.1:%d" % port, flush=True)
    peer.wait_for_termination()


client(sys.argv[2]) if sys.argv[1] == "client" else server()
