/** Where a request comes from, and whether that is the machine of the station itself: the bench's own screen. */
import type { HttpBindings } from "@hono/node-server";
import type { Ctx } from "./http.ts";

const loopback = /^(127\.|::1$|::ffff:127\.)/;

interface Ends {
  readonly remoteAddress?: string | undefined;
  readonly localAddress?: string | undefined;
}

/** Loopback, or an address of its own that it calls itself by. */
export const isOwn = ({ remoteAddress = "?", localAddress }: Ends): boolean =>
  loopback.test(remoteAddress) || remoteAddress === localAddress;

/** An IPv4 address is written alike whether or not the station listens by IPv6 too. */
export function fromOf(c: Ctx): { readonly address: string; readonly own: boolean } {
  const socket: Ends | undefined = (c.env as Partial<HttpBindings> | undefined)?.incoming?.socket;
  const address = (socket?.remoteAddress ?? "?").replace(/^::ffff:(?=\d+\.)/, "");
  return { address, own: socket !== undefined && isOwn(socket) };
}
