/**
 * The target at which a client on this machine reaches a server that listens at `address`. An
 * address that means "all interfaces" is not a target.
 */
export function targetOf(address: string): string {
  return address.replace(/^0\.0\.0\.0:/, "127.0.0.1:").replace(/^\[::\]:/, "[::1]:");
}
