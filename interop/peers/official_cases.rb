# Runs cases of the official interoperability client of gRPC for Ruby, one after the other in one process, and prints one line for each:
#   ruby official_cases.rb <client.rb> <port> <use_tls: true|false> <case,case>
client, port, use_tls, names = ARGV
ARGV.clear
require client

failed = false
names.split(',').each do |name|
  args = Args.new
  args.server_host = 'localhost'
  args.server_host_override = use_tls == 'true' ? 'foo.test.google.fr' : ''
  args.server_port = port
  args.secure = use_tls == 'true'
  args.use_test_ca = true
  args.test_case = name
  begin
    NamedTests.new(create_stub(args), args).method(name).call
    puts "#{name}: passed"
  rescue StandardError => e
    failed = true
    puts "#{name}: failed: #{e.class} #{e.message.split.join(' ')}"
  end
  $stdout.flush
end
exit(failed ? 1 : 0)
