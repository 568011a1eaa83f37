"""The interoperability server over gRPC C-core for Python. It prints where it listens, and serves until it is killed.

Python's API does not tell how a message came, so expect_compressed is left alone.
"""

import argparse
import time
from concurrent import futures

import grpc

import stubs

INITIAL = "x-grpc-test-echo-initial"
TRAILING = "x-grpc-test-echo-trailing-bin"


def read(path):
    with open(path, "rb") as file:
        return file.read()


def service(messages, empty, test):
    """The service, of these modules' messages."""

    def payload(size):
        return messages.Payload(body=bytes(size))

    def echo_metadata(context):
        sent = dict(context.invocation_metadata())
        if INITIAL in sent:
            context.send_initial_metadata(((INITIAL, sent[INITIAL]),))
        if TRAILING in sent:
            context.set_trailing_metadata(((TRAILING, sent[TRAILING]),))

    def echo_status(request, context):
        if request.HasField("response_status"):
            codes = {code.value[0]: code for code in grpc.StatusCode}
            context.abort(codes[request.response_status.code], request.response_status.message)

    def responses(request, context):
        for parameters in request.response_parameters:
            time.sleep(parameters.interval_us / 1e6)
            if not parameters.compressed.value:
                context.disable_next_message_compression()
            yield messages.StreamingOutputCallResponse(payload=payload(parameters.size))

    class Test(test.TestServiceServicer):
        def EmptyCall(self, request, context):
            return empty.Empty()

        def UnaryCall(self, request, context):
            if request.response_compressed.value:
                context.set_compression(grpc.Compression.Gzip)
            echo_metadata(context)
            echo_status(request, context)
            return messages.SimpleResponse(payload=payload(request.response_size))

        def StreamingOutputCall(self, request, context):
            if any(one.compressed.value for one in request.response_parameters):
                context.set_compression(grpc.Compression.Gzip)
            echo_metadata(context)
            echo_status(request, context)
            yield from responses(request, context)

        def StreamingInputCall(self, requests, context):
            total = sum(len(request.payload.body) for request in requests)
            return messages.StreamingInputCallResponse(aggregated_payload_size=total)

        def FullDuplexCall(self, requests, context):
            echo_metadata(context)
            for request in requests:
                echo_status(request, context)
                yield from responses(request, context)

    return Test()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", required=True)
    parser.add_argument("--stubs", required=True)
    parser.add_argument("--use_tls", default="false")
    parser.add_argument("--tls_cert_file")
    parser.add_argument("--tls_key_file")
    flags = parser.parse_args()
    modules = stubs.load(flags.stubs)
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=16))
    modules[2].add_TestServiceServicer_to_server(service(*modules), server)
    address = "127.0.0.1:" + flags.port
    if flags.use_tls == "true":
        pair = (read(flags.tls_key_file), read(flags.tls_cert_file))
        port = server.add_secure_port(address, grpc.ssl_server_credentials((pair,)))
    else:
        port = server.add_insecure_port(address)
    server.start()
    print("listening at 127.0.0.1:%d" % port, flush=True)
    server.wait_for_termination()


main()
