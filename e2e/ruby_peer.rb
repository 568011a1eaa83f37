# Calls the test service from Ruby and prints what came of it; argv: the service's descriptors, the address.

require "base64"
require "google/protobuf"
require "google/protobuf/descriptor_pb"
require "grpc"
require "json"

PATH = "/tightwire.testing.v1.TestService/"
NAMES = %w[Unary ServerStream ClientStream BidiStream]
pool = Google::Protobuf::DescriptorPool.generated_pool
# The pool has protobuf's own descriptors already.
files = Google::Protobuf::FileDescriptorSet.decode(File.binread(ARGV[0])).file.reject { |file| file.name == "google/protobuf/descriptor.proto" }
files.each { |file| pool.add_serialized_file(Google::Protobuf::FileDescriptorProto.encode(file)) }
REQUESTS = NAMES.to_h { |name| [name, pool.lookup("tightwire.testing.v1.#{name}Request").msgclass] }
RESPONSES = NAMES.to_h { |name| [name, pool.lookup("tightwire.testing.v1.#{name}Response").msgclass] }

stub = GRPC::ClientStub.new(ARGV[1], :this_channel_is_insecure, timeout: 5)
marshal = ->(message) { message.to_proto }
unary = lambda do |timeout: 5, **fields|
  deadline = GRPC::Core::TimeConsts.from_relative_time(timeout)
  stub.request_response("#{PATH}Unary", REQUESTS["Unary"].new(**fields), marshal, RESPONSES["Unary"].method(:decode), deadline: deadline)
end
failure = lambda do |text, timeout|
  unary.call(text: text, timeout: timeout)
rescue GRPC::BadStatus => e
  e
end
three = ->(name) { (0..2).map { |number| REQUESTS[name].new(number: number) } }

error = failure.call("fail", 5)
late = failure.call("wait", 0.1)
puts JSON.generate(
  unary: unary.call(number: 41).number,
  serverStream: stub.server_streamer("#{PATH}ServerStream", REQUESTS["ServerStream"].new(number: 3), marshal, RESPONSES["ServerStream"].method(:decode)).map(&:number),
  clientStream: stub.client_streamer("#{PATH}ClientStream", three.call("ClientStream"), marshal, RESPONSES["ClientStream"].method(:decode)).number,
  bidiStream: stub.bidi_streamer("#{PATH}BidiStream", three.call("BidiStream"), marshal, RESPONSES["BidiStream"].method(:decode)).map(&:number),
  echoed: unary.call(payload: "\x07" * 1_000_000).payload.count("\x07"),
  error: {
    code: "failed_precondition".then { |code| error.code == GRPC::Core::StatusCodes::FAILED_PRECONDITION ? code : error.code.to_s },
    message: error.details.dup.force_encoding("UTF-8"),
    details: Base64.strict_encode64(error.metadata["grpc-status-details-bin"]),
    trace: Base64.strict_encode64(error.metadata["x-trace-bin"]),
  },
  late: late.code == GRPC::Core::StatusCodes::DEADLINE_EXCEEDED ? "deadline_exceeded" : late.code.to_s,
)
