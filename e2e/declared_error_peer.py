"""Declared errors of the film shop in Python. argv: `client` or `server`, two descriptor images (the shop's, google.rpc's), and for the client the address."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import grpc
from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, message_factory

PLACE_ORDER = "/shop.orders.v1.OrdersService/PlaceOrder"
pool = descriptor_pool.DescriptorPool()
known = set()
for path in sys.argv[2:4]:
    with open(path, "rb") as image:
        for file in descriptor_pb2.FileDescriptorSet.FromString(image.read()).file:
            if file.name not in known:
                known.add(file.name)
                pool.Add(file)
factory = message_factory.MessageFactory(pool)


def message(name):
    return factory.GetPrototype(pool.FindMessageTypeByName(name))


Status = message("google.rpc.Status")
ErrorInfo = message("google.rpc.ErrorInfo")
BadRequest = message("google.rpc.BadRequest")
OutOfStock = message("shop.orders.v1.OutOfStock")
PlaceOrderRequest = message("shop.orders.v1.PlaceOrderRequest")


def failure(place_order, request):
    try:
        place_order(request, timeout=5)
    except grpc.RpcError as error:
        packed = dict(error.trailing_metadata())["grpc-status-details-bin"]
        return error, {detail.type_url.split("/")[-1]: detail.value for detail in Status.FromString(packed).details}


def call(address):
    with grpc.insecure_channel(address) as channel:
        place_order = channel.unary_unary(PLACE_ORDER, request_serializer=PlaceOrderRequest.SerializeToString)
        request = PlaceOrderRequest(request_id="py")
        request.buyer.name, request.buyer.email, request.buyer.address = "Ada", "ada@example.org", "1 Road"
        request.lines.add(product_id="alien", quantity=2)
        request.invoice.reference = "PO 1"
        error, details = failure(place_order, request)
        info = ErrorInfo.FromString(details["google.rpc.ErrorInfo"])
        stock = OutOfStock.FromString(details["shop.orders.v1.OutOfStock"])
        invalid, broken = failure(place_order, PlaceOrderRequest(request_id="py"))
        violations = BadRequest.FromString(broken["google.rpc.BadRequest"]).field_violations
        return {
            "code": error.code().name,
            "message": error.details(),
            "reason": info.reason,
            "domain": info.domain,
            "orderId": stock.order_id,
            "products": [[product.product_id, product.reason] for product in stock.products],
            "invalid": invalid.code().name,
            "violations": [[one.field, one.reason] for one in violations],
        }


def packed_status():
    info = ErrorInfo(reason="OUT_OF_STOCK", domain="shop.orders.v1")
    stock = OutOfStock(order_id="py-7")
    stock.products.add(product_id="alien", reason="sold out")
    status = Status(code=9, message="nothing left")
    for name, detail in (("google.rpc.ErrorInfo", info), ("shop.orders.v1.OutOfStock", stock)):
        status.details.add(type_url="type.googleapis.com/" + name, value=detail.SerializeToString())
    return status.SerializeToString()


def serve():
    def place_order(_request, context):
        context.set_trailing_metadata((("grpc-status-details-bin", packed_status()),))
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, "nothing left")

    handler = grpc.unary_unary_rpc_method_handler(place_order)
    server = grpc.server(ThreadPoolExecutor(2))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("shop.orders.v1.OrdersService", {"PlaceOrder": handler}),))
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    server.start()
    server.wait_for_termination()


if sys.argv[1] == "client":
    print(json.dumps(call(sys.argv[4])))
else:
    serve()
