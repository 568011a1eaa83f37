import type { Socket } from "node:net";
import type { ByteTransport } from "./byte-transport.js";

/** A socket, of TCP, TLS or a file, that carries a session. */
export class SocketTransport implements ByteTransport {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
  }

  get waitingBytes(): number {
    return this.#socket.writableLength;
  }

  write(bytes: Buffer): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  whenWritten(callback: () => void): void {
    if (this.#socket.writable) this.#socket.write(NOTHING, callback);
  }

  end(): void {
    // Closing a socket that holds unread bytes resets it and destroys what was written; they are
    // read and dropped until the peer closes, or the session's patience ends.
    if (!this.#socket.destroyed) this.#socket.end();
    this.#socket.resume();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

/**
 * Hands a socket's bytes to a session, and tells it of the socket's end. `text` says what an end
 * without an error means.
 */
export function attach(
  socket: Socket,
  session: { receive(bytes: Buffer): void; transportClosed(message: string): void },
  text: string,
): void {
  socket.on("data", (bytes: Buffer) => session.receive(bytes));
  socket.on("error", (error: NodeJS.ErrnoException) =>
    session.transportClosed(`${text}: ${error.code ?? error.message}`),
  );
  socket.on("end", () => session.transportClosed(text));
  socket.on("close", () => session.transportClosed(text));
}

const NOTHING: Buffer = Buffer.alloc(0);
