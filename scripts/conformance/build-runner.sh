#!/bin/sh
# Builds the runner of protobuf's conformance suite from Debian's source package (3.21 in Debian 12)
# into a folder, with the contracts that it tests:
#
#     sh scripts/conformance/build-runner.sh <folder>
#
# Needs g++, dpkg-dev, and a deb-src entry in apt's sources. Nothing is installed: the libraries and
# protoc are unpacked in the folder. Takes about five minutes.
set -eu
folder=$(mkdir -p "$1" && cd "$1" && pwd)
cd "$folder"

apt-get source --download-only protobuf
dpkg-source --no-check --extract protobuf_*.dsc source
apt-get download libprotobuf-dev libprotobuf32 libprotoc32 protobuf-compiler libjsoncpp-dev \
  libjsoncpp25
for package in *.deb; do dpkg --extract "$package" root; done

libraries="$folder/root/usr/lib/$(dpkg-architecture -q DEB_HOST_MULTIARCH)"
export LD_LIBRARY_PATH="$libraries"
mkdir -p build/third_party/jsoncpp contracts/google/protobuf
echo '#include <json/json.h>' > build/third_party/jsoncpp/json.h
cp source/conformance/conformance.proto contracts/
cp source/src/google/protobuf/test_messages_proto*.proto contracts/google/protobuf/
cp source/conformance/*.h source/conformance/*_suite.cc source/conformance/conformance_test*.cc build/

cd build
../root/usr/bin/protoc -I../contracts -I../source/src --cpp_out=. \
  conformance.proto google/protobuf/test_messages_proto2.proto \
  google/protobuf/test_messages_proto3.proto
for file in *.cc google/protobuf/*.cc; do
  g++ -O0 -std=c++17 -I. -I../source/src -I../root/usr/include/jsoncpp -c "$file" \
    -o "$(basename "$file" .cc).o"
done
g++ ./*.o -L"$libraries" -Wl,-rpath,"$libraries" -lprotobuf -ljsoncpp -lpthread \
  -o ../conformance_test_runner
echo "$folder/conformance_test_runner"
