import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { ByteConnection } from "./byte-connection.js";
import type { ByteTransport } from "./byte-transport.js";

/**
 * A socket, of TCP, TLS or a file, as a {@link ByteTransport}.
 *
 * It rests on something that Node does not promise: `socket.writableLength` is 0 right after a
 * `write` whose bytes the kernel took at once, which nearly every write is, and the buffer is then
 * free. So a process needs a few write buffers, and a connection at rest none. The test beside this
 * file fails when Node keeps a buffer that it does not count.
 *
 * Over TLS every write waits until it is encrypted, so each carries a callback, the same one for
 * all. In cleartext hardly any write waits, so none carries one; the rare wait is the callback of
 * an empty write behind the others. Over TLS nothing empty is written: Deno fails it with EPERM.
 */
export class SocketTransport implements ByteTransport {
  readonly #socket: Socket;
  readonly #encrypted: boolean;
  /** Writes handed to the socket and written by it, over TLS. */
  #handed = 0;
  #written = 0;
  /** Called back once so many writes were written. */
  #waiter: (() => void) | undefined;
  #waitsFor = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#encrypted = (socket as Partial<TLSSocket>).encrypted === true;
    socket.setNoDelay(true);
  }

  get waitingBytes(): number {
    return this.#socket.writableLength;
  }

  write(bytes: Buffer): void {
    if (!this.#socket.writable) return;
    if (!this.#encrypted) {
      this.#socket.write(bytes);
      return;
    }
    this.#handed++;
    this.#socket.write(bytes, this.#afterWrite);
  }

  whenWritten(callback: () => void): void {
    if (!this.#socket.writable) return;
    if (!this.#encrypted) {
      this.#socket.write(NOTHING, callback);
      return;
    }
    this.#waiter = callback;
    this.#waitsFor = this.#handed;
  }

  end(): void {
    // Closing a socket with unread bytes resets it and destroys what was written. They are read and
    // dropped until the peer closes, or the session stops waiting.
    if (!this.#socket.destroyed) this.#socket.end();
    this.#socket.resume();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  readonly #afterWrite = (): void => {
    this.#written++;
    if (this.#waiter === undefined || this.#written < this.#waitsFor) return;
    if (this.#socket.destroyed) return;
    const waiter = this.#waiter;
    this.#waiter = undefined;
    waiter();
  };
}

/** A socket that is connected, as a connection of bytes. */
export function socketConnection(socket: Socket): ByteConnection {
  return {
    transport: new SocketTransport(socket),
    read(reader, closedMessage) {
      socket.on("data", (bytes: Buffer) => reader.receive(bytes));
      socket.on("error", (error: NodeJS.ErrnoException) =>
        reader.transportClosed(`${closedMessage}: ${error.code ?? error.message}`),
      );
      socket.on("end", () => reader.transportClosed(closedMessage));
      socket.on("close", () => reader.transportClosed(closedMessage));
    },
  };
}

const NOTHING: Buffer = Buffer.alloc(0);
