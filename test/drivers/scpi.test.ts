import fc from "fast-check";
import { expect, test } from "vitest";
import { conversation, type Exchange } from "../../drivers/port/conversation.ts";
import { memoryLine } from "../../drivers/port/memory.ts";
import { connectPort } from "../../drivers/port/transactor.ts";
import { parseFault, parseNumber, Scpi, scpiHex, scpiPoison_hex } from "../../drivers/scpi.ts";
import { io, rb1 } from "./opening.ts";

const none = '+0,"No error"\n';
const idn: Exchange = ["*IDN?\n", "Keysight Technologies,DAQ970A,SIM-DAQ-1,A.03.01\n"];
const entry = rb1.instruments["daq"] ?? expect.fail("no daq");

async function over(script: readonly Exchange[]) {
  const wire = conversation(script);
  const port = await wire.port("daq", { resync: { quiet_ms: 1, late_ms: 1 } });
  return { wire, scpi: new Scpi(port) };
}

test("plain decimal numbers are numbers", () => {
  for (const [text, value] of [
    ["+1.5E-03", 1.5e-3],
    [" -7", -7],
    [".5", 0.5],
    ["+9.9E+37", 9.9e37],
  ] as const)
    expect(parseNumber(text)).toBe(value);
});

test("text that is not wholly a plain decimal number gives none", () => {
  for (const text of ["", " ", "NAN", "Infinity", "0x10", "1,2", "1.5 V", "1e", "--1", "1E9999", "1_000", "true"])
    expect(parseNumber(text)).toBeUndefined();
  fc.assert(
    fc.property(fc.string(), (text) => {
      const value = parseNumber(text);
      if (value === undefined) return;
      expect(text.trim()).toMatch(/^[-+.\deE]+$/);
      expect(Number.isFinite(value)).toBe(true);
    }),
  );
});

test("every finite number survives printing and parsing", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(parseNumber(value.toExponential()) === value).toBe(true);
    }),
  );
});

test("an entry of the error queue is a code and a quoted text", () => {
  expect(parseFault('-113,"Undefined header"')).toEqual({ code: -113, text: "Undefined header" });
  expect(parseFault('+0,"No error"')).toEqual({ code: 0, text: "No error" });
  for (const text of ["", "0", "-113,Undefined", "x"]) expect(parseFault(text)).toBeUndefined();
});

test("a set is confirmed by the empty error queue", async () => {
  const { wire, scpi } = await over([
    ["VOLT 1\n", null],
    ["SYST:ERR?\n", none],
  ]);
  await scpi.set("VOLT 1", io());
  wire.done();
});

test("a refused set carries the instrument's words, and the queue is emptied", async () => {
  const { wire, scpi } = await over([
    ["VOLT 99\n", null],
    ["SYST:ERR?\n", '-222,"Data out of range"\n'],
    ["SYST:ERR?\n", '-350,"Queue overflow"\n'],
    ["SYST:ERR?\n", none],
  ]);
  const set = scpi.set("VOLT 99", io());
  await expect(set).rejects.toMatchObject({ code: "INSTRUMENT_REFUSED" });
  await expect(set).rejects.toThrow('refused "VOLT 99": -222 "Data out of range", -350 "Queue overflow"');
  wire.done();
});

test("an error queue without end is given up after its depth", async () => {
  const { wire, scpi } = await over(
    Array.from({ length: 21 }, () => ["SYST:ERR?\n", '-100,"Command error"\n'] as const),
  );
  await expect(scpi.faults(io())).rejects.toMatchObject({ code: "INSTRUMENT_REFUSED" });
  wire.done();
});

test("garbage where a number must stand is refused, and the next question is asked only after the identity", async () => {
  const { wire, scpi } = await over([idn, ["MEAS?\n", "1.2.3\n"], idn, ["MEAS?\n", "1.2\n"]]);
  await scpi.identify(entry, io());
  await expect(scpi.askNumber("MEAS?", io())).rejects.toMatchObject({ code: "REPLY_MALFORMED" });
  expect(await scpi.askNumber("MEAS?", io())).toBe(1.2);
  wire.done();
});

test("an answer that comes after the next question was asked is thrown away", async () => {
  const { connector, peer } = memoryLine();
  const port = await connectPort(connector, "daq", { resync: { quiet_ms: 1, late_ms: 1 } }, io());
  const scpi = new Scpi(port);
  const asked: string[] = [];
  peer.onData((bytes) => {
    const question = Buffer.from(bytes).toString();
    asked.push(question);
    if (asked.length === 1) peer.write(Buffer.from(idn[1] as string));
    else if (question === "*IDN?\n") peer.write(Buffer.from(`+6.66E+00\n${idn[1]}`));
    else if (question === "B?\n") peer.write(Buffer.from("+1\n"));
  });
  await scpi.identify(entry, io());
  await expect(scpi.askNumber("A?", io(5))).rejects.toMatchObject({ code: "INSTRUMENT_TIMEOUT" });
  expect(await scpi.askNumber("B?", io())).toBe(1);
  expect(asked).toEqual(["*IDN?\n", "A?\n", "*IDN?\n", "B?\n"]);
});

test("another instrument is refused by its identity", async () => {
  const { scpi } = await over([["*IDN?\n", "Keysight Technologies,34461A,MY1,1\n"]]);
  const identify = scpi.identify(entry, io());
  await expect(identify).rejects.toMatchObject({ code: "IDENTITY_MISMATCH" });
  await expect(identify).rejects.toThrow('must be "DAQ970A", but "Keysight Technologies,34461A,MY1,1" answers');
});

test("the right model with another serial number is refused too", async () => {
  const { scpi } = await over([["*IDN?\n", "Keysight Technologies,DAQ970A,MY5,1\n"]]);
  await expect(scpi.identify(entry, io())).rejects.toMatchObject({ code: "IDENTITY_MISMATCH" });
});

test("a block is read by its length, an ordinary line refused", async () => {
  const { wire, scpi } = await over([
    ["ROUT:SCAN?\n", "#214(@101,102,103)\n"],
    ["ROUT:SCAN?\n", "(@101)\n"],
  ]);
  expect(Buffer.from(await scpi.askBlock("ROUT:SCAN?", io())).toString()).toBe("(@101,102,103)");
  await expect(scpi.askBlock("ROUT:SCAN?", io())).rejects.toMatchObject({ code: "REPLY_MALFORMED" });
  wire.done();
});

test("a command cannot carry a second line", async () => {
  const { wire, scpi } = await over([]);
  await expect(scpi.tell("OUTP OFF\nOUTP ON", io())).rejects.toMatchObject({ code: "PLAN_INVALID" });
  wire.done();
});

test("the poison spoils a half-sent command instead of ending it", () => {
  expect(scpiPoison_hex()).toBe("2a0a");
  expect(scpiPoison_hex("\r\n")).toBe("2a0d0a");
  expect(scpiHex("OUTP 0")).toBe("4f55545020300a");
});
