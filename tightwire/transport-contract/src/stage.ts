import { type Channel, type ChannelOptions, createChannel, createClient } from "@tightwire/client";
import type { Logger } from "@tightwire/core";
import {
  type Acceptor,
  type Connection,
  type ServerTransport,
  SYSTEM,
} from "@tightwire/core/runtime";
import {
  createServer,
  type Server,
  type ServerOptions,
  type ServiceOptions,
} from "@tightwire/server";
import {
  createEventLog,
  type EventLog,
  eventually,
  tapRequests,
  tapResponses,
} from "@tightwire/testing";
import { expect } from "vitest";
import { CallBooks } from "./call-books.js";
import {
  type TestClient,
  type TestHandlers,
  TestService,
} from "./gen/tightwire/testing/v1/test.service.js";
import { testHandlers } from "./test-handlers.js";
import type { SubjectListener, TransportSubject } from "./transport-subject.js";

/** Settings of a server and a client; all optional. */
export interface OpenOptions {
  readonly handlers?: Partial<TestHandlers>;
  readonly server?: ServerOptions;
  readonly service?: ServiceOptions;
  readonly channel?: Omit<ChannelOptions, "transport">;
  /** Hears of each request message that comes. */
  readonly onRequest?: (compressed: boolean) => void;
  /** Hears of each response message that comes. */
  readonly onResponse?: (compressed: boolean) => void;
}

/** Where calls go to an acceptor. */
export interface RawListener extends SubjectListener {
  /** Closes everything now, without a drain before. */
  closeNow(): Promise<unknown>;
}

/** A server and a client of it, over the transport under test. */
export interface Pair extends SubjectListener {
  readonly server: Server;
  readonly channel: Channel;
  readonly client: TestClient;
  readonly serverBooks: CallBooks;
  readonly clientBooks: CallBooks;
}

/**
 * What one test uses. When the test has finished, everything that it opened is closed, and calls
 * and timers that are left fail it.
 */
export interface Stage {
  readonly subject: TransportSubject;
  readonly log: EventLog;
  open(options?: OpenOptions): Promise<Pair>;
  /** Another client of a server. */
  channelTo(
    to: SubjectListener,
    options?: ChannelOptions,
  ): { channel: Channel; client: TestClient; books: CallBooks };
  /** A server without handlers: calls go to `acceptor` as the transport gives them. */
  openRaw(acceptor: Acceptor): Promise<RawListener>;
  /** A connection below channels. */
  connect(listener: SubjectListener): Promise<Connection>;
  /**
   * Closes everything. Throws when a call did not finish exactly once on each side, or when a timer
   * still holds the process.
   */
  close(): Promise<void>;
}

/** Makes the stage of one test. `waitMs`: how long its log waits for an entry. */
export function createStage(subject: TransportSubject, waitMs?: number): Stage {
  const books: CallBooks[] = [];
  const closers: (() => Promise<unknown>)[] = [];
  const timersBefore = activeTimers();

  function openBooks(): CallBooks {
    const one = new CallBooks();
    books.push(one);
    return one;
  }

  function channelTo(
    to: SubjectListener,
    options: ChannelOptions = {},
  ): { channel: Channel; client: TestClient; books: CallBooks } {
    const own = openBooks();
    const channel = createChannel(to.target, {
      transport: to.transport,
      ...options,
      observers: [own, ...(options.observers ?? [])],
    });
    closers.unshift(() => channel.close());
    return { channel, client: createClient(TestService, channel), books: own };
  }

  async function listenTapped(
    server: Server,
    onRequest: OpenOptions["onRequest"],
    onResponse: OpenOptions["onResponse"],
  ): Promise<SubjectListener> {
    const listener = await subject.listen(
      onRequest === undefined ? server : withTappedRequests(server, onRequest),
    );
    if (onResponse === undefined) return listener;
    const transport = tapResponses(listener.transport, (_call, compressed) =>
      onResponse(compressed),
    );
    return { ...listener, transport };
  }

  return {
    subject,
    log: createEventLog(waitMs),
    channelTo,
    async open({
      handlers,
      server: serverOptions = {},
      service = {},
      channel: channelOptions = {},
      onRequest,
      onResponse,
    } = {}) {
      const serverBooks = openBooks();
      const server = createServer({
        logger: QUIET,
        ...serverOptions,
        observers: [serverBooks, ...(serverOptions.observers ?? [])],
      });
      server.add(TestService, testHandlers(handlers), service);
      const listener = await listenTapped(server, onRequest, onResponse);
      closers.push(() => server.stop({ pauseMs: 0, graceMs: 500 }));
      const { channel, client, books: clientBooks } = channelTo(listener, channelOptions);
      return { ...listener, server, channel, client, serverBooks, clientBooks };
    },
    async openRaw(acceptor) {
      const listeners: { closeNow(): Promise<void> }[] = [];
      const bare = {
        async listen(address: string, transport: ServerTransport) {
          const listener = await transport.listen(address, acceptor);
          listeners.push(listener);
          return listener;
        },
      };
      const closeNow = (): Promise<unknown> => Promise.all(listeners.map((one) => one.closeNow()));
      closers.push(closeNow);
      return { ...(await subject.listen(bare as unknown as Server)), closeNow };
    },
    async connect(listener) {
      const connection = await listener.transport.connect(listener.endpoint, {
        timeoutMs: 5_000,
        maxMessageBytes: 4 * 1024 * 1024,
        ...SYSTEM,
      });
      closers.unshift(() => connection.close(0));
      return connection;
    },
    async close() {
      for (const close of closers) await close();
      await eventually(() =>
        expect(
          books.flatMap(({ unfinished }) => unfinished),
          "calls that did not finish exactly once",
        ).toEqual([]),
      );
      await eventually(() =>
        expect(activeTimers(), "timers that hold the process").toBeLessThanOrEqual(timersBefore),
      );
    },
  };
}

/** Handlers fail on purpose: nothing of that is printed. */
const QUIET: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** A server whose transports tell of each request message. */
function withTappedRequests(server: Server, onRequest: (compressed: boolean) => void): Server {
  return {
    ...server,
    listen(address, transport) {
      if (transport === undefined) throw new TypeError("a subject names its transport");
      return server.listen(
        address,
        tapRequests(transport, (_call, compressed) => onRequest(compressed)),
      );
    },
  };
}

/** Timers that keep the process alive. */
function activeTimers(): number {
  return process.getActiveResourcesInfo().filter((one) => one === "Timeout").length;
}
