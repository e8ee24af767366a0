/** Faults of an adapter: what joins conductors that should be apart. */
import type { Contact } from "../../../rig/model/contacts.ts";
import { leakBetween, ohm, pick, twoNets } from "./drafts.ts";
import type { FaultClass } from "./faultClass.ts";

export const leakFaults: readonly FaultClass[] = [
  {
    id: "short",
    title: "two conductors are shorted together",
    severity: ohm(1e-3, 1e3, "low"),
    apply(draft, severity, random, site) {
      draft.shorts = [...(draft.shorts ?? []), { between: twoNets(site, random), ohm: severity }];
    },
  },
  {
    id: "leak",
    title: "leakage between any two conductors",
    severity: ohm(1e3, 1e10, "low"),
    apply(draft, severity, random, site) {
      draft.leaks = [...(draft.leaks ?? []), { between: twoNets(site, random), ohm: severity }];
    },
  },
  {
    id: "leak-pilot-earth",
    title: "leakage from pilot to earth",
    severity: ohm(1e3, 1e10, "low"),
    pins: ["CP"],
    apply: leakBetween(["CP", "PE"]),
  },
  {
    id: "leak-pilot-proximity",
    title: "leakage from pilot to proximity",
    severity: ohm(1e3, 1e10, "low"),
    topologies: ["PASS", "SERIES_SW", "ACTIVE"],
    pins: ["CP", "PP"],
    apply: leakBetween(["CP", "PP"]),
  },
  {
    id: "leak-proximity-earth",
    title: "leakage from proximity to earth",
    severity: ohm(1e3, 1e10, "low"),
    topologies: ["PASS", "SERIES_SW", "ACTIVE"],
    pins: ["PP"],
    apply: leakBetween(["PP", "PE"]),
  },
  {
    id: "several-leaks",
    title: "three leaks of one size between any conductors",
    severity: ohm(1e3, 1e10, "low"),
    apply(draft, severity, random, site) {
      const more = [1, 2, 3].map(() => ({ between: twoNets(site, random), ohm: severity }));
      draft.leaks = [...(draft.leaks ?? []), ...more];
    },
  },
  {
    id: "stray-metal",
    title: "metal in a contact that should be empty, with a resistance to a conductor",
    severity: ohm(1e-3, 1e10, "low"),
    unpopulated: true,
    apply(draft, severity, random, site) {
      draft.ac_contacts = true;
      const between: [Contact, Contact] = [pick(site.unpopulated, random), pick(site.contacts, random)];
      draft.leaks = [...(draft.leaks ?? []), { between, ohm: severity }];
    },
  },
  {
    id: "diode-across",
    title: "a diode between two conductors",
    apply(draft, _severity, random, site) {
      const [anode, cathode] = twoNets(site, random);
      draft.diodes = [...(draft.diodes ?? []), { anode, cathode }];
    },
  },
];
