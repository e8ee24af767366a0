/** Connections are counted; those of this machine are kept apart. */
import { EventEmitter } from "node:events";
import type { Server } from "node:http";
import { expect, test } from "vitest";
import { limitConnections, usualLimits } from "../../../rig/station/connections.ts";
import { Refusals } from "../../../rig/station/refusals.ts";

test("however many the network opens, connections are left for the bench's own screen", () => {
  const node = Object.assign(new EventEmitter(), { maxConnections: 0, setTimeout: () => undefined });
  const refused = new Refusals(
    () => undefined,
    () => 0,
    () => undefined,
  );
  limitConnections(node as unknown as Server, { ...usualLimits, all_max: 8, own: 3, each_max: 4 }, refused);
  const come = (remoteAddress: string, localAddress = "10.0.0.1") => {
    const socket = Object.assign(new EventEmitter(), { remoteAddress, localAddress, gone: false });
    node.emit("connection", Object.assign(socket, { destroy: () => Object.assign(socket, { gone: true }) }));
    return socket;
  };
  const strangers = Array.from({ length: 8 }, (_, i) => come(`10.0.0.${10 + i}`));
  expect(strangers.map(({ gone }) => gone)).toEqual([false, false, false, false, false, true, true, true]);
  expect([come("127.0.0.1"), come("10.0.0.1"), come("::1")].map(({ gone }) => gone)).toEqual([false, false, false]);
  strangers[0]?.emit("close");
  expect(come("10.0.0.99").gone).toBe(false);
});
