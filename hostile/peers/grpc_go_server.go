// grpc-go's server, all options as they come: grpc_go_server CERTIFICATE KEY.
//
// It prints where it listens, collects garbage for each line on its input, and ends with it. Messages are written by hand, as golang/protobuf
// reads their tags, so that no generator is needed.
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"runtime/debug"

	"github.com/golang/protobuf/proto"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	_ "google.golang.org/grpc/encoding/gzip"
)

type Node struct {
	Name  string `protobuf:"bytes,1,opt,name=name,proto3"`
	Child *Node  `protobuf:"bytes,2,opt,name=child,proto3"`
}

type MeasureRequest struct {
	Payload []byte           `protobuf:"bytes,1,opt,name=payload,proto3"`
	Node    *Node            `protobuf:"bytes,2,opt,name=node,proto3"`
	Nodes   map[string]*Node `protobuf:"bytes,3,rep,name=nodes,proto3" protobuf_key:"bytes,1,opt,name=key,proto3" protobuf_val:"bytes,2,opt,name=value,proto3"`
}

type ProduceRequest struct {
	Bytes int32 `protobuf:"varint,1,opt,name=bytes,proto3"`
}

type WatchRequest struct {
	Count int32 `protobuf:"varint,1,opt,name=count,proto3"`
	Bytes int32 `protobuf:"varint,2,opt,name=bytes,proto3"`
}

// Payload is every message that is nothing but bytes.
type Payload struct {
	Payload []byte `protobuf:"bytes,1,opt,name=payload,proto3"`
}

// Size is every message that is nothing but a size.
type Size struct {
	Bytes int64 `protobuf:"varint,1,opt,name=bytes,proto3"`
}

func (m *Node) Reset()                   { *m = Node{} }
func (m *Node) String() string           { return proto.CompactTextString(m) }
func (*Node) ProtoMessage()              {}
func (m *MeasureRequest) Reset()         { *m = MeasureRequest{} }
func (m *MeasureRequest) String() string { return proto.CompactTextString(m) }
func (*MeasureRequest) ProtoMessage()    {}
func (m *ProduceRequest) Reset()         { *m = ProduceRequest{} }
func (m *ProduceRequest) String() string { return proto.CompactTextString(m) }
func (*ProduceRequest) ProtoMessage()    {}
func (m *WatchRequest) Reset()           { *m = WatchRequest{} }
func (m *WatchRequest) String() string   { return proto.CompactTextString(m) }
func (*WatchRequest) ProtoMessage()      {}
func (m *Payload) Reset()                { *m = Payload{} }
func (m *Payload) String() string        { return proto.CompactTextString(m) }
func (*Payload) ProtoMessage()           {}
func (m *Size) Reset()                   { *m = Size{} }
func (m *Size) String() string           { return proto.CompactTextString(m) }
func (*Size) ProtoMessage()              {}

func measure(_ interface{}, _ context.Context, read func(interface{}) error, _ grpc.UnaryServerInterceptor) (interface{}, error) {
	var request MeasureRequest
	if err := read(&request); err != nil {
		return nil, err
	}
	return &Size{Bytes: int64(len(request.Payload))}, nil
}

func produce(_ interface{}, _ context.Context, read func(interface{}) error, _ grpc.UnaryServerInterceptor) (interface{}, error) {
	var request ProduceRequest
	if err := read(&request); err != nil {
		return nil, err
	}
	return &Payload{Payload: make([]byte, request.Bytes)}, nil
}

func watch(_ interface{}, stream grpc.ServerStream) error {
	var request WatchRequest
	if err := stream.RecvMsg(&request); err != nil {
		return err
	}
	for sent := int32(0); sent < request.Count; sent++ {
		if err := stream.SendMsg(&Payload{Payload: make([]byte, request.Bytes)}); err != nil {
			return err
		}
	}
	return nil
}

func collect(_ interface{}, stream grpc.ServerStream) error {
	var total Size
	for {
		var request Payload
		if err := stream.RecvMsg(&request); err == io.EOF {
			return stream.SendMsg(&total)
		} else if err != nil {
			return err
		}
		total.Bytes += int64(len(request.Payload))
	}
}

func hold(_ interface{}, stream grpc.ServerStream) error {
	var first Payload
	if err := stream.RecvMsg(&first); err != nil {
		return err
	}
	<-stream.Context().Done()
	return stream.Context().Err()
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func serve(options ...grpc.ServerOption) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fail(err)
	}
	server := grpc.NewServer(options...)
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "hostile.v1.HostileService",
		HandlerType: (*interface{})(nil),
		Methods: []grpc.MethodDesc{
			{MethodName: "Measure", Handler: measure},
			{MethodName: "Produce", Handler: produce},
		},
		Streams: []grpc.StreamDesc{
			{StreamName: "Watch", Handler: watch, ServerStreams: true},
			{StreamName: "Collect", Handler: collect, ClientStreams: true},
			{StreamName: "Hold", Handler: hold, ClientStreams: true, ServerStreams: true},
		},
	}, struct{}{})
	go server.Serve(listener)
	return listener.Addr().String()
}

func main() {
	secured, err := credentials.NewServerTLSFromFile(os.Args[1], os.Args[2])
	if err != nil {
		fail(err)
	}
	fmt.Printf("listening at %s tls %s\n", serve(), serve(grpc.Creds(secured)))
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		debug.FreeOSMemory()
		fmt.Println("collected")
	}
}
