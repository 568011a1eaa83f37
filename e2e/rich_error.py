"""Calls GetProduct without an id and prints what the error's details say; argv: address, folder with google.rpc compiled."""

import json
import sys

import grpc

sys.path.insert(0, sys.argv[2])
from google import __path__ as google_path  # noqa: E402

google_path.append(sys.argv[2] + "/google")
from google.rpc import error_details_pb2, status_pb2  # noqa: E402

with grpc.insecure_channel(sys.argv[1]) as channel:
    method = channel.unary_unary("/shop.catalog.v1.CatalogService/GetProduct")
    try:
        method(b"", timeout=5)
    except grpc.RpcError as error:
        packed = dict(error.trailing_metadata())["grpc-status-details-bin"]
        status = status_pb2.Status.FromString(packed)
        bad = error_details_pb2.BadRequest()
        assert status.details[0].Unpack(bad)
        fields = [violation.field for violation in bad.field_violations]
        print(json.dumps({"code": error.code().name, "fields": fields}))
