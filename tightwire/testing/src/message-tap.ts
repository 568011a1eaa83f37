import type {
  Acceptor,
  ClientTransport,
  Connection,
  IncomingCall,
  IncomingSink,
  OpenedCall,
  OutgoingCall,
  ResponseSink,
  ServerTransport,
  UnarySink,
} from "@tightwire/core/runtime";

/** Hears of each message that comes, before its reader: of which call, and whether compressed. */
export type MessageTap<Call> = (call: Call, compressed: boolean) => void;

/** The same transport, with `tap` told of each response message that comes. Client side. */
export function tapResponses(
  transport: ClientTransport,
  tap: MessageTap<OutgoingCall>,
): ClientTransport {
  return {
    name: transport.name,
    capabilities: transport.capabilities,
    connect: async (endpoint, options) =>
      tapConnection(await transport.connect(endpoint, options), tap),
  };
}

/** The same transport, with `tap` told of each request message that comes. Server side. */
export function tapRequests(
  transport: ServerTransport,
  tap: MessageTap<IncomingCall>,
): ServerTransport {
  return {
    name: transport.name,
    capabilities: transport.capabilities,
    listen: (address, acceptor) => transport.listen(address, tapAcceptor(acceptor, tap)),
  };
}

function tapConnection(connection: Connection, tap: MessageTap<OutgoingCall>): Connection {
  return {
    info: connection.info,
    get capacity() {
      return connection.capacity;
    },
    get responded() {
      return connection.responded;
    },
    onState: (listener) => connection.onState(listener),
    unary: (call, message, sink) => connection.unary(call, message, tapUnarySink(call, sink, tap)),
    stream: (call, sink) => connection.stream(call, tapResponseSink(call, sink, tap)),
    close: (graceMs, status) => connection.close(graceMs, status),
  };
}

function tapUnarySink(
  call: OutgoingCall,
  sink: UnarySink,
  tap: MessageTap<OutgoingCall>,
): UnarySink {
  return {
    finished(end, message, compressed) {
      if (message !== undefined) tap(call, compressed === true);
      sink.finished(end, message, compressed);
    },
  };
}

function tapResponseSink(
  call: OutgoingCall,
  sink: ResponseSink,
  tap: MessageTap<OutgoingCall>,
): ResponseSink {
  return {
    headers: (metadata) => sink.headers(metadata),
    message(bytes, compressed) {
      tap(call, compressed === true);
      sink.message(bytes, compressed);
    },
    awaits: () => sink.awaits?.() ?? true,
    drained: () => sink.drained(),
    finished: (end) => sink.finished(end),
  };
}

function tapAcceptor(acceptor: Acceptor, tap: MessageTap<IncomingCall>): Acceptor {
  return {
    maxMessageBytes: acceptor.maxMessageBytes,
    clock: acceptor.clock,
    random: acceptor.random,
    limitActed: (event) => acceptor.limitActed?.(event),
    open(call): OpenedCall {
      const opened = acceptor.open(call);
      return opened.kind === "refused" ? opened : tapIncomingSink(call, opened, tap);
    },
  };
}

function tapIncomingSink(
  call: IncomingCall,
  sink: IncomingSink,
  tap: MessageTap<IncomingCall>,
): IncomingSink {
  return {
    kind: "accepted",
    start: () => sink.start(),
    message(bytes, compressed) {
      tap(call, compressed === true);
      sink.message(bytes, compressed);
    },
    awaits: (ended) => sink.awaits?.(ended) ?? true,
    halfClosed: () => sink.halfClosed(),
    drained: () => sink.drained(),
    cancelled: (status) => sink.cancelled(status),
  };
}
