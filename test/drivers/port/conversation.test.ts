import { expect, test } from "vitest";
import { bytesOf, conversation } from "../../../drivers/port/conversation.ts";
import { fixed } from "../../../drivers/port/frames.ts";
import { lines } from "../../../drivers/port/lines.ts";
import { noReply } from "../../../drivers/port/port.ts";

const io = () => ({ signal: new AbortController().signal, deadline_wall_ms: performance.now() + 5000 });

test("a conversation answers what was scripted, text and hex, in one piece or several", async () => {
  const wire = conversation([
    ["*IDN?\n", ["ACME,", "1\n"]],
    [{ hex: "aa 00 21" }, { hex: "aa 00 12" }],
    ["*CLS\n", null],
  ]);
  const port = await wire.port();
  const identity = await port.transact(bytesOf("*IDN?\n"), { framer: lines("lf", 32) }, io());
  expect(Buffer.from(identity).toString()).toBe("ACME,1");
  const frame = await port.transact(bytesOf({ hex: "aa0021" }), { framer: fixed(3) }, io());
  expect([...frame]).toEqual([0xaa, 0, 0x12]);
  expect(() => wire.done()).toThrow('line 3 was never sent: "*CLS"');
  await port.transact(bytesOf("*CLS\n"), noReply, io());
  wire.done();
});

test("a byte that differs fails the call at once and the conversation with both texts", async () => {
  const wire = conversation([["CURR 1.0\n", null]]);
  const port = await wire.port();
  const reply = port.transact(bytesOf("CURR 1.5\n"), { framer: lines("lf", 32) }, io());
  await expect(reply).rejects.toMatchObject({ code: "PORT_LOST" });
  expect(() => wire.done()).toThrow('line 1 must send "CURR 1.0", but came "CURR 1.5"');
});

test("with an empty script not one byte may be sent", async () => {
  const wire = conversation([]);
  wire.done();
  const port = await wire.port();
  await port.transact(bytesOf("x"), noReply, io()).catch((error: unknown) => expect(error).toHaveProperty("code"));
  expect(() => wire.done()).toThrow("nothing more may be sent");
});

test("half a line sent is left over", async () => {
  const wire = conversation([["INP OFF\n", null]]);
  const port = await wire.port();
  await port.transact(bytesOf("INP "), noReply, io());
  expect(() => wire.done()).toThrow('sent in part: "INP "');
});
