/**
 * Where a client on this machine reaches a server that listens at `address`: an address that means
 * "all" is no target.
 */
export function targetOf(address: string): string {
  return address.replace(/^0\.0\.0\.0:/, "127.0.0.1:").replace(/^\[::\]:/, "[::1]:");
}
