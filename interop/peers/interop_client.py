"""The interoperability client over gRPC C-core for Python: runs the cases that --test_case names, separated by commas, and prints one line for each.

Python's API does not tell how a message came and compresses whole calls: the cases of compression look at the content and at what the server says.
"""

import argparse
import sys
import threading
import time

import grpc

import stubs

INITIAL = ("x-grpc-test-echo-initial", "test_initial_metadata_value")
TRAILING = ("x-grpc-test-echo-trailing-bin", b"\xab\xab\xab")
REQUEST_SIZES = (27182, 8, 1828, 45904)
RESPONSE_SIZES = (31415, 9, 2653, 58979)
TIMEOUT = 20


def equal(got, wanted, what):
    if got != wanted:
        raise AssertionError("%s: %r instead of %r" % (what, got, wanted))


def fails(call, code):
    """The error with which a call, or what is read of its responses, ends."""
    try:
        outcome = call()
        if hasattr(outcome, "__next__"):
            for _ in outcome:
                pass
    except grpc.RpcError as error:
        equal(error.code(), code, "the status")
        return error
    raise AssertionError("the call did not fail; it was to end as %s" % code)


class Cases:
    """A method a case, named as the case is."""

    def __init__(self, channel, messages, empty, test, soak_iterations):
        self.messages = messages
        self.empty = empty.Empty()
        self.test = test.TestServiceStub(channel)
        self.unimplemented = test.UnimplementedServiceStub(channel)
        self.soak_iterations = soak_iterations

    def payload(self, size):
        return self.messages.Payload(body=bytes(size))

    def large(self, **more):
        return self.messages.SimpleRequest(response_size=314159, payload=self.payload(271828), **more)

    def asking(self, *sizes, **more):
        parameters = [self.messages.ResponseParameters(size=size) for size in sizes]
        return self.messages.StreamingOutputCallRequest(response_parameters=parameters, **more)

    def bool(self, value):
        return self.messages.BoolValue(value=value)

    def check(self, response, size):
        if response.payload.body != bytes(size):
            raise AssertionError("the response's payload is not %d zeros" % size)

    def empty_unary(self):
        equal(self.test.EmptyCall(self.empty, timeout=TIMEOUT), self.empty, "the response")

    def large_unary(self):
        self.check(self.test.UnaryCall(self.large(), timeout=TIMEOUT), 314159)

    def client_compressed_unary(self):
        request = self.large(expect_compressed=self.bool(True))
        fails(lambda: self.test.UnaryCall(request, timeout=TIMEOUT), grpc.StatusCode.INVALID_ARGUMENT)
        self.check(self.test.UnaryCall(request, timeout=TIMEOUT, compression=grpc.Compression.Gzip), 314159)
        self.check(self.test.UnaryCall(self.large(expect_compressed=self.bool(False)), timeout=TIMEOUT), 314159)

    def server_compressed_unary(self):
        for value in (True, False):
            request = self.large(response_compressed=self.bool(value))
            self.check(self.test.UnaryCall(request, timeout=TIMEOUT), 314159)

    def client_streaming(self):
        requests = [self.messages.StreamingInputCallRequest(payload=self.payload(size)) for size in REQUEST_SIZES]
        response = self.test.StreamingInputCall(iter(requests), timeout=TIMEOUT)
        equal(response.aggregated_payload_size, 74922, "bytes that the server read")

    def client_compressed_streaming(self):
        def requests():
            for size in (27182, 45904):
                yield self.messages.StreamingInputCallRequest(payload=self.payload(size), expect_compressed=self.bool(True))

        fails(lambda: self.test.StreamingInputCall(requests(), timeout=TIMEOUT), grpc.StatusCode.INVALID_ARGUMENT)
        response = self.test.StreamingInputCall(requests(), timeout=TIMEOUT, compression=grpc.Compression.Gzip)
        equal(response.aggregated_payload_size, 73086, "bytes that the server read")

    def server_streaming(self):
        responses = list(self.test.StreamingOutputCall(self.asking(*RESPONSE_SIZES), timeout=TIMEOUT))
        equal([len(response.payload.body) for response in responses], list(RESPONSE_SIZES), "the sizes of the responses")

    def server_compressed_streaming(self):
        request = self.asking(31415, 92653)
        request.response_parameters[0].compressed.value = True
        request.response_parameters[1].compressed.value = False
        responses = list(self.test.StreamingOutputCall(request, timeout=TIMEOUT))
        equal([len(response.payload.body) for response in responses], [31415, 92653], "the sizes of the responses")

    def ping_pong(self):
        responded = threading.Semaphore(1)

        def requests():
            for request_size, response_size in zip(REQUEST_SIZES, RESPONSE_SIZES):
                responded.acquire()
                yield self.asking(response_size, payload=self.payload(request_size))

        sizes = []
        for response in self.test.FullDuplexCall(requests(), timeout=TIMEOUT):
            sizes.append(len(response.payload.body))
            responded.release()
        equal(sizes, list(RESPONSE_SIZES), "the sizes of the responses")

    def empty_stream(self):
        equal(list(self.test.FullDuplexCall(iter(()), timeout=TIMEOUT)), [], "the responses")

    def custom_metadata(self):
        def check(call):
            equal(dict(call.initial_metadata()).get(INITIAL[0]), INITIAL[1], "metadata in the head")
            equal(dict(call.trailing_metadata()).get(TRAILING[0]), TRAILING[1], "metadata at the end")

        response, call = self.test.UnaryCall.with_call(self.large(), metadata=(INITIAL, TRAILING), timeout=TIMEOUT)
        self.check(response, 314159)
        check(call)
        request = self.asking(314159, payload=self.payload(271828))
        duplex = self.test.FullDuplexCall(iter([request]), metadata=(INITIAL, TRAILING), timeout=TIMEOUT)
        for response in duplex:
            self.check(response, 314159)
        check(duplex)

    def status_code_and_message(self):
        status = self.messages.EchoStatus(code=2, message="test status message")
        unary = self.messages.SimpleRequest(response_status=status)
        duplex = self.messages.StreamingOutputCallRequest(response_status=status)
        for call in (
            lambda: self.test.UnaryCall(unary, timeout=TIMEOUT),
            lambda: self.test.FullDuplexCall(iter([duplex]), timeout=TIMEOUT),
        ):
            equal(fails(call, grpc.StatusCode.UNKNOWN).details(), status.message, "the text of the status")

    def special_status_message(self):
        text = "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n"
        request = self.messages.SimpleRequest(response_status=self.messages.EchoStatus(code=2, message=text))
        error = fails(lambda: self.test.UnaryCall(request, timeout=TIMEOUT), grpc.StatusCode.UNKNOWN)
        equal(error.details(), text, "the text of the status")

    def unimplemented_method(self):
        fails(lambda: self.test.UnimplementedCall(self.empty, timeout=TIMEOUT), grpc.StatusCode.UNIMPLEMENTED)

    def unimplemented_service(self):
        fails(lambda: self.unimplemented.UnimplementedCall(self.empty, timeout=TIMEOUT), grpc.StatusCode.UNIMPLEMENTED)

    def held_open(self, *requests):
        """Requests that do not end before `over` is set."""
        over = threading.Event()

        def all_requests():
            yield from requests
            over.wait()

        return over, all_requests()

    def cancel_after_begin(self):
        over, requests = self.held_open()
        call = self.test.StreamingInputCall.future(requests, timeout=TIMEOUT)
        call.cancel()
        over.set()
        equal(call.code(), grpc.StatusCode.CANCELLED, "the status")

    def cancel_after_first_response(self):
        over, requests = self.held_open(self.asking(31415, payload=self.payload(27182)))
        call = self.test.FullDuplexCall(requests, timeout=TIMEOUT)
        self.check(next(call), 31415)
        call.cancel()
        over.set()
        fails(lambda: call, grpc.StatusCode.CANCELLED)

    def timeout_on_sleeping_server(self):
        over, requests = self.held_open(self.messages.StreamingOutputCallRequest(payload=self.payload(27182)))
        fails(lambda: self.test.FullDuplexCall(requests, timeout=0.001), grpc.StatusCode.DEADLINE_EXCEEDED)
        over.set()

    def rpc_soak(self):
        for _ in range(self.soak_iterations):
            self.large_unary()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--server_host", default="localhost")
    parser.add_argument("--server_port", required=True)
    parser.add_argument("--test_case", required=True)
    parser.add_argument("--stubs", required=True)
    parser.add_argument("--use_tls", default="false")
    parser.add_argument("--ca_file")
    parser.add_argument("--soak_iterations", type=int, default=10)
    flags = parser.parse_args()
    modules = stubs.load(flags.stubs)
    address = "%s:%s" % (flags.server_host, flags.server_port)

    def open_channel():
        if flags.use_tls != "true":
            return grpc.insecure_channel(address, options=(("grpc.use_local_subchannel_pool", 1),))
        with open(flags.ca_file, "rb") as file:
            return grpc.secure_channel(address, grpc.ssl_channel_credentials(file.read()))

    def run(name):
        if name == "channel_soak":
            for _ in range(flags.soak_iterations):
                with open_channel() as channel:
                    Cases(channel, *modules, flags.soak_iterations).large_unary()
            return
        with open_channel() as channel:
            getattr(Cases(channel, *modules, flags.soak_iterations), name)()

    failed = False
    for name in flags.test_case.split(","):
        began = time.monotonic()
        try:
            run(name)
            print("%s: passed in %d ms" % (name, (time.monotonic() - began) * 1000), flush=True)
        except Exception as error:  # whatever it is, the line tells it and the next case runs
            failed = True
            print("%s: failed: %s" % (name, " ".join(str(error).split())), flush=True)
    sys.exit(1 if failed else 0)


main()
