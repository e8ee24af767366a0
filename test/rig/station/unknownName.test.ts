/** Whether an account exists shows neither in the answer nor in the work that is done for it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";

const costs: unknown[] = [];
vi.mock("node:crypto", async (load) => {
  const real = await load<typeof import("node:crypto")>();
  return {
    ...real,
    scrypt: (...of: Parameters<typeof real.scrypt>) => {
      costs.push(of[3]);
      real.scrypt(...of);
    },
  };
});

// Workers keep modules from file to file: the one under test is loaded anew, with what it is given here.
vi.resetModules();
const { Accounts } = await import("../../../rig/station/accounts.ts");
afterAll(() => vi.resetModules());

const dir = mkdtempSync(join(tmpdir(), "rig-station-unknown-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("a name that nobody has, a disabled account and a wrong password cost one scrypt of the same size", async () => {
  const accounts = await Accounts.open(dir, { N: 64, r: 8, p: 1 });
  await accounts.setUp(accounts.setupCode ?? "", "Root", "correct horse");
  await accounts.create("Root", "Gone", "qa", "quality first");
  accounts.change("Root", "Gone", { disabled: true });
  costs.length = 0;
  for (const [name, secret] of [
    ["Root", "wrong one"],
    ["Nobody", "wrong one"],
    ["Gone", "quality first"],
    ["Root", "correct horse"],
  ] as const)
    await accounts.verify(name, secret);
  accounts.close();
  expect(costs).toHaveLength(4);
  expect(new Set(costs.map((cost) => JSON.stringify(cost))).size).toBe(1);
});
