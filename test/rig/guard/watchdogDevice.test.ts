import { describe, expect, it } from "vitest";
import { GETTIMEOUT, openWatchdog, SETTIMEOUT, type WatchdogSystem } from "../../../rig/guard/watchdogDevice.ts";

const code = (name: string): Error => Object.assign(new Error(name), { code: name });

function fake(fails: Readonly<Record<string, string>> = {}) {
  const seen: string[] = [];
  const act = (what: string): void => {
    const name = fails[what];
    if (name !== undefined) throw code(name);
  };
  const system: WatchdogSystem = {
    open: (path) => {
      act("open");
      seen.push(`open ${path}`);
      return 5;
    },
    write: (_, bytes) => {
      act("write");
      seen.push(bytes);
    },
    ioctl: (_, request, struct) => {
      const set = request === SETTIMEOUT;
      act(set ? "set" : "get");
      if (!set) struct.writeInt32LE(15);
      seen.push(set ? `timeout ${struct.readInt32LE()}` : "timeout?");
    },
    close: () => void seen.push("close"),
  };
  return { seen, system };
}

describe("the machine's watchdog", () => {
  it("is asked for 10 s, kicked twice a second at most and disarmed once", () => {
    const { seen, system } = fake();
    const device = openWatchdog("/dev/watchdog", system);
    expect(device.timeout_s).toBe(10);
    for (const now_ms of [0, 10, 490, 500, 510, 1000]) device.kick(now_ms);
    device.disarm();
    device.disarm();
    device.kick(9000);
    expect(seen).toEqual(["open /dev/watchdog", "timeout 10", "k", "k", "k", "V", "close"]);
  });

  it("has the request numbers of linux/watchdog.h", () => {
    expect([SETTIMEOUT, GETTIMEOUT]).toEqual([0xc0045706, 0x80045707]);
  });

  it("keeps the driver's own time where it cannot be set, and no time where none is told", () => {
    expect(openWatchdog("/dev/watchdog", fake({ set: "EOPNOTSUPP" }).system).timeout_s).toBe(15);
    expect(openWatchdog("/dev/watchdog", fake({ set: "EINVAL", get: "ENOTTY" }).system).timeout_s).toBeUndefined();
  });

  it.each([
    ["EBUSY", /one owner.*RuntimeWatchdogSec/],
    ["ENOENT", /no watchdog driver/],
    ["EACCES", /may not/],
    ["EIO", /EIO/],
  ])("that cannot be opened (%s) says why", (name, why) => {
    const open = () => openWatchdog("/dev/watchdog", fake({ open: name }).system);
    expect(open).toThrow(why);
    expect(open).toThrow(/PORT_OPEN_FAILED/);
  });

  it("that takes no kick is an error of its own", () => {
    const device = openWatchdog("/dev/watchdog", fake({ write: "EIO" }).system);
    expect(() => device.kick(0)).toThrow(/takes no kick: EIO.*PORT_LOST/);
  });
});
