"""Makes stubs that were compiled by protoc into a folder importable beside the grpc that is installed."""

import grpc


def load(folder):
    """Returns the modules messages, empty and test (the services) below the folder."""
    grpc.__path__.append(folder + "/grpc")
    from grpc.testing import empty_pb2, messages_pb2, test_pb2_grpc

    return messages_pb2, empty_pb2, test_pb2_grpc


def load_reflection(folder):
    """Returns the modules of grpc.reflection.v1 below the folder: messages and services."""
    grpc.__path__.append(folder + "/grpc")
    from grpc.reflection.v1 import reflection_pb2, reflection_pb2_grpc

    return reflection_pb2, reflection_pb2_grpc
