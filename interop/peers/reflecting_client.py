"""A client over gRPC C-core for Python that knows no contract: asks a server for its services and their files by reflection, and makes an EmptyCall with what it learnt. Prints a line for each."""

import argparse
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

import stubs

SERVICE = "grpc.testing.TestService"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--stubs", required=True)
    parser.add_argument("--server_port", required=True)
    flags = parser.parse_args()
    reflection, stub = stubs.load_reflection(flags.stubs)
    with grpc.insecure_channel("127.0.0.1:%s" % flags.server_port) as channel:
        asked = [
            reflection.ServerReflectionRequest(list_services=""),
            reflection.ServerReflectionRequest(file_containing_symbol=SERVICE),
        ]
        listed, described = stub.ServerReflectionStub(channel).ServerReflectionInfo(iter(asked), timeout=20)
        print("services", *sorted(one.name for one in listed.list_services_response.service))
        if described.HasField("error_response"):
            raise SystemExit("no description: %s" % described.error_response.error_message)
        pool = descriptor_pool.DescriptorPool()
        files = [descriptor_pb2.FileDescriptorProto.FromString(one) for one in described.file_descriptor_response.file_descriptor_proto]
        print("files", *sorted(file.name for file in files))
        for file in sorted(files, key=lambda file: len(file.dependency)):
            pool.Add(file)
        method = pool.FindServiceByName(SERVICE).FindMethodByName("EmptyCall")
        empty = message_factory.MessageFactory(pool).GetPrototype(method.input_type)
        call = channel.unary_unary(
            "/%s/%s" % (SERVICE, method.name),
            request_serializer=empty.SerializeToString,
            response_deserializer=empty.FromString,
        )
        call(empty(), timeout=20)
        print("called", method.full_name)


if __name__ == "__main__":
    sys.exit(main())
