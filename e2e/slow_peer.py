"""A server of C-core whose unary calls respond after as many milliseconds as their metadata `wait-ms` says."""

import time
from concurrent.futures import ThreadPoolExecutor

import grpc


def respond(request, context):
    time.sleep(int(dict(context.invocation_metadata())["wait-ms"]) / 1000)
    return request


class Handler(grpc.GenericRpcHandler):
    def service(self, _details):
        return grpc.unary_unary_rpc_method_handler(respond)


server = grpc.server(ThreadPoolExecutor(32))
server.add_generic_rpc_handlers((Handler(),))
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(f"127.0.0.1:{port}", flush=True)
server.wait_for_termination()
