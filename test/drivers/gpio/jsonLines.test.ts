import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonLines, type JsonObject } from "../../../drivers/gpio/jsonLines.ts";

/** One end of a connection whose other end takes nothing until told to. */
function wire() {
  const messages: JsonObject[] = [];
  const malformed: string[] = [];
  const ended: string[] = [];
  const sent: string[] = [];
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer) => {
      sent.push(chunk.toString("utf8"));
    },
  });
  const lines = new JsonLines(stream as unknown as Socket, {
    message: (object) => messages.push(object),
    malformed: (why) => malformed.push(why),
    ended: (why) => ended.push(why),
  });
  return { lines, messages, malformed, ended, sent, take: (bytes: Buffer) => stream.emit("data", bytes) };
}

describe("JSON lines", () => {
  it("give the same objects however the bytes are cut", () => {
    const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 8 });
    fc.assert(
      fc.property(objects, fc.array(fc.nat(40), { maxLength: 40 }), (all, cuts) => {
        const { messages, take } = wire();
        const bytes = Buffer.from(all.map((object) => `${JSON.stringify(object)}\n`).join(""), "utf8");
        let from = 0;
        for (const cut of [...cuts, bytes.length]) {
          const to = Math.min(bytes.length, from + cut);
          if (to > from) take(bytes.subarray(from, to));
          from = to;
        }
        expect(messages).toEqual(JSON.parse(JSON.stringify(all)));
      }),
    );
  });

  it.each(["[]", "1", "null", "{", "", "\u0000"])("report %j and go on", (line) => {
    const { messages, malformed, take } = wire();
    take(Buffer.from(`${line}\n{"a":1}\n`));
    expect(malformed).toHaveLength(1);
    expect(messages).toEqual([{ a: 1 }]);
  });

  it("report bytes that are no UTF-8, instead of replacing them", () => {
    const { messages, malformed, take } = wire();
    take(Buffer.from([0x22, 0xff, 0x22, 0x0a]));
    expect([messages.length, malformed.length]).toEqual([0, 1]);
  });

  it("end with a line that has no end", () => {
    const { ended, messages, take } = wire();
    for (let count = 0; count < 40; count += 1) take(Buffer.alloc(1 << 15, 0x20));
    expect(ended).toHaveLength(1);
    take(Buffer.from('\n{"a":1}\n'));
    expect(messages).toEqual([]);
  });

  it("end when the other side does not read, instead of keeping everything", () => {
    const { lines, ended } = wire();
    let taken = 0;
    while (lines.send({ text: "x".repeat(10_000) }) && taken < 1000) taken += 1;
    expect(taken).toBeLessThan(120);
    expect(ended).toHaveLength(1);
    expect(lines.send({})).toBe(false);
  });
});
