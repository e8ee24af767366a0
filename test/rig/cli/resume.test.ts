import { beforeAll, describe, expect, test } from "vitest";
import { openKindTwin } from "../../../drivers/twin/kindTwins.ts";
import { createWorld } from "../../../drivers/twin/world/world.ts";
import { inputsOf } from "../../../rig/cli/commands/resume.ts";
import { dueSince } from "../../../rig/cli/declare.ts";
import { draftHead, headOf } from "../../../rig/cli/head.ts";
import { readInputs } from "../../../rig/cli/inputs.ts";
import { type DryRun, dryRun, nominalAdapter } from "../../../rig/cli/nominal.ts";
import { differences, provePassive, sameInstruments } from "../../../rig/cli/resumeChecks.ts";
import { jumpingClock } from "../../../rig/engine/clocks.ts";
import { Engine } from "../../../rig/engine/engine.ts";
import type { Performer } from "../../../rig/engine/performer.ts";
import {
  effective,
  freeName,
  ResumePerformer,
  resumePoint,
  seriesAt,
  withRecheck,
} from "../../../rig/engine/resume.ts";
import type { Instrument } from "../../../rig/kinds/kinds.ts";
import type { Data } from "../../../rig/model/data.ts";
import type { Event, RunRecord } from "../../../rig/store/types.ts";
import { tempDir } from "../store/fixture.ts";

const inputs = readInputs({
  procedure: "dc-screening-no-soak",
  adapter: "generic-a-pass",
  serial: "T-1",
  operator: "test",
});

let done: DryRun;
beforeAll(async () => {
  done = await dryRun(inputs);
});

const killedIn = (step: string): readonly Event[] => {
  const at = done.journal.events.findIndex((e) => e.type === "step" && e.phase === "enter" && e.name === step);
  return done.journal.events.slice(0, at + 8);
};

/** What the live performer is asked once it has taken over. */
function listening(asked: string[]): Performer {
  return {
    perform: async (command) => {
      asked.push(command.do);
      return null;
    },
    judged: async () => undefined,
    step: (_phase, name) => void asked.push(name),
    monitor: () => ({ stop: async () => undefined }),
    deadline: () => () => undefined,
    begin: () => undefined,
    end: () => undefined,
  };
}

async function takenUp(events: readonly Event[], recheckGood: boolean) {
  const point = resumePoint(events);
  if ("refused" in point) throw new Error(point.refused);
  const asked: string[] = [];
  const series = seriesAt(point.resumes, events, (name, from, total) => done.journal.series(name, from, total));
  const performer = new ResumePerformer(point, series, listening(asked), () => asked.push("handed over"));
  const end = new AbortController();
  performer.exhausted.addEventListener("abort", () => end.abort(performer.exhausted.reason));
  let earth = 0;
  const outcome = await new Engine({
    performer,
    limits: inputs.limits,
    approved: true,
    end,
    planned: [],
    recalled: point.abandoned,
    earthProved: () => {
      if (performer.isLive) earth += 1;
    },
    safeOff: async () => undefined,
  }).run(() =>
    withRecheck(
      () => inputs.procedure.body(inputs.context),
      function* () {
        asked.push("recheck");
        return recheckGood;
      },
      (id) => id === point.checkpoint,
    ),
  );
  return { asked, outcome, earth, point };
}

describe("taking a record up", () => {
  test("the record is fed in up to the last checkpoint; then the bench is proved again before anything else", async () => {
    const { asked, earth, point } = await takenUp(killedIn("Temperature rise"), true);
    expect(point.checkpoint).toBe("signals");
    expect(asked.slice(0, 3)).toEqual(["handed over", "recheck", "Drop resistance"]);
    // Earth was proved in the record: of another mating.
    expect(earth).toBe(0);
  });

  test("a re-check that is not good ends the plan: nothing more is asked", async () => {
    const { asked } = await takenUp(killedIn("Drop resistance"), false);
    expect(asked).toEqual(["handed over", "recheck"]);
  });

  test("a record in which another command stands is not taken up", async () => {
    const events = killedIn("Drop resistance").map((e) =>
      e.type === "issued" && (e.command as { op?: string }).op === "read" && e.seq > 200
        ? { ...e, command: { do: "wait", for_s: 99 } as Data }
        : e,
    );
    const { asked, outcome } = await takenUp(events, true);
    expect(asked).toEqual([]);
    expect(outcome).toMatchObject({ ending: "rig-error", error: { code: "REPLAY_DIVERGED" } });
  });

  test("a run without a checkpoint, or with a stored fail, is not resumed", () => {
    expect(resumePoint(killedIn("Rig self-check"))).toMatchObject({ refused: expect.stringMatching(/checkpoint/) });
    const events = killedIn("Temperature rise").map((e) =>
      e.type === "judged" ? { ...e, body: { ...(e.body as object), verdict: "fail" } as Data } : e,
    );
    expect(resumePoint(events)).toMatchObject({ refused: expect.stringMatching(/had failed/) });
  });

  test("what a resume gave up is left out, also when a second resume goes back further", () => {
    const stamp = { bench_s: 0, utc: "", lane: "main", attempt: 1 };
    const wait = (seq: number): Event => ({ ...stamp, seq, type: "issued", command: { do: "wait" }, effect: "read" });
    const note = (seq: number, after: number): Event => ({
      ...stamp,
      seq,
      type: "note",
      body: { kind: "resumed", checkpoint: "c", after, series: [] },
    });
    const { events, resumes } = effective([1, 2, 3, 4].map(wait).concat(note(5, 3), wait(6), note(7, 2), wait(8)));
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 8]);
    expect(resumes.map(({ after }) => after)).toEqual([2]);
  });

  test("conditions under which it was begun still hold: a pass stays conditional", () => {
    const condition = { id: "condition:thermocouple-walk", text: "no walk", by: "nobody" };
    const head = { ...draftHead(inputs), waivers: [condition] };
    const record = { head, events: [] } as unknown as RunRecord;
    const read = inputsOf(record, { store: "", operator: "B", simulatedOperator: false, json: false, strict: false });
    if ("why" in read) throw new Error(read.why);
    expect(read.inputs.waivers).toContainEqual(condition);
  });

  test("a series goes on under a name of its own", () => {
    expect(freeName("a", new Set())).toBe("a");
    expect(freeName("a", new Set(["a", "a#2"]))).toBe("a#3");
  });
});

describe("what has become due since the start", () => {
  const checks = ["golden-check", "challenge-check"];
  const accepted = { ...inputs.bench, waivers: checks.map((id) => ({ id: `check.${id}`, why: "accepted", by: "A" })) };
  const begun = ["condition:golden-check", "condition:challenge-check", "condition:thermocouple-walk"].map((id) => ({
    id,
    text: "none was done",
    by: "A",
  }));
  const held = { ...inputs, bench: accepted, waivers: [] };

  test("an overdue check that nobody accepts is asked for again", async () => {
    const real = { ...held, bench: { ...inputs.bench, waivers: [] } };
    expect(await dueSince(tempDir(), real, begun)).toMatch(/^golden-check .* is due every .* h, none was ever done/);
  });

  test("what the head holds already is no hindrance, each condition that it lacks is one", async () => {
    expect(await dueSince(tempDir(), held, begun)).toBeUndefined();
    for (const left of begun) {
      const others = begun.filter((one) => one !== left);
      expect(await dueSince(tempDir(), held, others)).toMatch(new RegExp(`^${left.id} has become due since`));
    }
  });

  test("a waiver read from the files now counts too", async () => {
    const waiver = { id: "calibration:daq", text: "calibration of daq is overdue", by: "A" };
    const now = { ...held, waivers: [waiver] };
    expect(await dueSince(tempDir(), now, begun)).toMatch(/^calibration:daq has become due/);
    expect(await dueSince(tempDir(), now, [...begun, waiver])).toBeUndefined();
  });
});

describe("what must be the same", () => {
  test("each hash and the serial number count", () => {
    const now = headOf(inputs);
    const head = { ...draftHead(inputs), ...now };
    expect(differences(head, now)).toEqual([]);
    expect(differences(head, { ...now, software: { ...now.software, hash: "x" } })).toEqual(["software"]);
    expect(differences(head, { ...now, limits: { ...now.limits, hash: "x" } })).toEqual(["limits"]);
    expect(differences(head, { ...now, bench: { ...now.bench, hash: "x" } })).toEqual(["bench file"]);
    expect(differences(head, { ...now, adapter: { ...now.adapter, hash: "x", serial: "y" } })).toHaveLength(2);
    expect(differences(head, { ...now, procedure: { ...now.procedure, hash: "x" } })).toEqual(["procedure's code"]);
  });
});

function twins() {
  const world = createWorld({ bench: inputs.bench, adapter: nominalAdapter(inputs), fitted: true, watchdog: "ideal" });
  const clock = jumpingClock((to_s) => world.advance(to_s));
  const all: Record<string, Instrument> = {};
  for (const role of Object.keys(inputs.procedure.needs)) {
    const entry = inputs.bench.instruments[role];
    if (entry) all[role] = openKindTwin(role, entry, inputs.bench, world, clock);
  }
  return { world, all };
}

describe("a passive bench", () => {
  const signal = new AbortController().signal;

  test("is proved by read-back of relays, mirror contacts, source and EN", async () => {
    const evidence = (await provePassive(inputs.bench, twins().all, signal)) as { what: string }[];
    expect(evidence.map(({ what }) => what)).toEqual(
      expect.arrayContaining(["matrix: relays", "source: output", "EN"]),
    );
  });

  test("is not one with a relay closed, or with EN high", async () => {
    const one = twins();
    const relay = Object.values(inputs.bench.relays).find(({ role }) => role === "matrix");
    if (!relay) throw new Error("no relay");
    const coils = new Array<boolean>(relay.output + 1).fill(false);
    coils[relay.output] = true;
    one.world.relays.setCoils("matrix", relay.board, coils);
    await expect(provePassive(inputs.bench, one.all, signal)).rejects.toThrow(relay.id);
    const two = twins();
    two.world.gpio.setLine("EN", true);
    await expect(provePassive(inputs.bench, two.all, signal)).rejects.toThrow(/EN: high/);
  });

  test("another instrument in a role is refused by its name", () => {
    const { all } = twins();
    const recorded = Object.entries(all).map(([role, { identity }]) => ({
      role,
      serial: identity.serial,
      firmware: identity.firmware,
      identity: identity.raw,
    }));
    expect(() => sameInstruments(recorded, all)).not.toThrow();
    const other = recorded.map((body) => (body.role === "daq" ? { ...body, identity: "OTHER" } : body));
    expect(() => sameInstruments(other, all)).toThrow(/daq/);
  });
});
