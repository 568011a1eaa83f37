// The bench service's Get as gRPC's C++ callback API serves it, with the sample of src/sample.ts. Prints its address, and serves until it is ended.
#include <grpcpp/grpcpp.h>

#include <iostream>
#include <memory>

#include "bench/v1/bench.grpc.pb.h"

namespace v1 = bench::v1;

constexpr const char* kTitles[] = {"Rear Window", "The Third Man", "Ikiru", "Bicycle Thieves", "La Jetée"};

void FillOrder(const std::string& id, v1::Order* order) {
  order->set_id(id);
  order->set_customer_id("customer-0815");
  order->set_state(v1::ORDER_STATE_PLACED);
  order->set_created_at_ms(1767225600000);
  order->set_total_cents(28485);
  order->set_currency("EUR");
  order->set_address("Käthe-Kollwitz-Straße 12, 04109 Leipzig, Germany");
  order->set_note("Please leave it with the neighbour on the second floor when nobody's there.");
  order->set_paid(true);
  for (int index = 0; index < 5; index++) {
    v1::OrderItem* item = order->add_items();
    item->set_product_id("film-" + std::to_string(1000 + index));
    item->set_title(kTitles[index]);
    item->set_quantity(index + 1);
    item->set_price_cents(1299 + 200 * index);
    item->set_discount(index * 0.05);
  }
}

class BenchServer final : public v1::BenchService::CallbackService {
  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context, const v1::GetRequest* request, v1::GetResponse* response) override {
    FillOrder(request->id(), response->mutable_order());
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

int main() {
  BenchServer service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  std::cout << "127.0.0.1:" << port << std::endl;
  server->Wait();
}
