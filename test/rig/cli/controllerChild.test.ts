/** The end of a controller is told once, and after its last word; what cannot reach it any more ends nothing else. */
import type { ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { childOf } from "../../../rig/cli/controllerChild.ts";

/** As `node:child_process` behaves: without a callback a failed send is an "error", which ends a process that does not listen. */
class FakeProcess extends EventEmitter {
  pid: number | undefined = 1;
  send(_message: object, callback?: (error: Error | null) => void): boolean {
    const error = new Error("Channel closed");
    if (callback) callback(error);
    else this.emit("error", error);
    return false;
  }
  kill(): boolean {
    return true;
  }
}

function parts() {
  const node = new FakeProcess();
  const said: string[] = [];
  const heard: unknown[] = [];
  const child = childOf(node as unknown as ChildProcess, (line) => said.push(line));
  child.onMessage((message) => heard.push(message));
  child.onExit((code, signal) => heard.push([code, signal]));
  return { node, child, said, heard };
}

test("answers to a controller whose channel is closed neither end its run twice nor end the station", () => {
  const { node, child, said, heard } = parts();
  child.send({ is: "answer" });
  child.send({ is: "answer" });
  node.emit("error", new Error("kill EPERM"));
  node.emit("error", new Error("kill EPERM"));
  expect(heard).toEqual([]);
  expect(said.length).toBe(4);
  node.emit("close", null, "SIGKILL");
  node.emit("close", null, "SIGKILL");
  expect(heard).toEqual([[null, "SIGKILL"]]);
});

test("what a controller said last is heard before its end", () => {
  const { node, heard } = parts();
  node.emit("exit", 0, null);
  node.emit("message", { is: "noted", number: 1 });
  node.emit("close", 0, null);
  expect(heard).toEqual([{ is: "noted", number: 1 }, [0, null]]);
});

test("a process that could not be started has ended", async () => {
  const node = new FakeProcess();
  node.pid = undefined;
  const heard: unknown[] = [];
  const child = childOf(node as unknown as ChildProcess, () => undefined);
  child.onExit((code, signal) => heard.push([code, signal]));
  node.emit("error", new Error("spawn EAGAIN"));
  await new Promise((resolve) => setImmediate(resolve));
  expect(heard).toEqual([[null, null]]);
});
