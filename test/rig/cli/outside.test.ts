/** Who else runs the bench: told once when they come, and what their record proves when they have gone. */
import { expect, test } from "vitest";
import { Outside } from "../../../rig/cli/outside.ts";

function watched() {
  const told: unknown[] = [];
  const world = {
    running: false,
    who: undefined as string | undefined,
    left: undefined as { why: string; held: boolean } | undefined,
    read: 0,
  };
  const outside = new Outside({
    bench: {
      get running() {
        return world.running;
      },
      outside: (seen) => void told.push(seen),
    },
    goesOn: async () => world.who,
    doubt: async () => {
      world.read += 1;
      return world.left;
    },
  });
  return { outside, told, world };
}

test("a run of another program is told when it begins and judged by its record when it has ended", async () => {
  const { outside, told, world } = watched();
  await outside.look();
  expect([told, world.read]).toEqual([[], 0]);
  Object.assign(world, { who: "Otto runs incoming (R000002)", left: { why: "is being run", held: true } });
  await outside.look();
  await outside.look();
  expect([told, world.read]).toEqual([[{ who: "Otto runs incoming (R000002)" }], 1]);
  Object.assign(world, { who: undefined, left: { why: "R000002 was interrupted", held: false } });
  await outside.look();
  expect(told.at(-1)).toEqual({ doubt: "R000002 was interrupted" });
  Object.assign(world, { who: "Otto runs incoming (R000003)", left: { why: "is being run", held: true } });
  await outside.look();
  Object.assign(world, { who: undefined, left: undefined });
  await outside.look();
  expect(told.at(-1)).toEqual({ doubt: undefined });
});

test("a run of this station, or of another bench in the same store, is not told", async () => {
  const { outside, told, world } = watched();
  Object.assign(world, { running: true, who: "Tina runs incoming (R000001)", left: { why: "", held: true } });
  await outside.look();
  Object.assign(world, { running: false, left: undefined });
  await outside.look();
  world.who = undefined;
  await outside.look();
  expect(told).toEqual([]);
});
