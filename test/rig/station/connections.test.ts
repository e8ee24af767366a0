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

test("a connection that falls silent in the middle of an answer is written down, one that rests after it is not", () => {
  let silent: (socket: unknown) => void = () => undefined;
  const setTimeout = (_ms: number, listener: typeof silent) => {
    silent = listener;
  };
  const node = Object.assign(new EventEmitter(), { maxConnections: 0, setTimeout });
  const noted: string[] = [];
  const note = (_who: string, what: string) => void noted.push(what);
  limitConnections(
    node as unknown as Server,
    usualLimits,
    new Refusals(
      note,
      () => 0,
      () => undefined,
    ),
  );
  let closed = 0;
  const socket = { remoteAddress: "10.0.0.7", destroy: () => (closed += 1) };
  const answer = new EventEmitter();
  node.emit("request", { socket }, answer);
  silent(socket);
  expect([noted, closed]).toEqual([["refused: silent connection"], 1]);
  answer.emit("close");
  silent(socket);
  expect([noted.length, closed]).toEqual([1, 2]);
});
