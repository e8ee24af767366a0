/** All tests of the virtual machine. Its end code is the number of those that failed. */
import { runAll } from "./harness.ts";
import { LABEL, lineTests } from "./lines.ts";
import { simChip } from "./sim.ts";

simChip("other", "other-chip", 4);
const chip = simChip("rig", LABEL, 54);
lineTests(chip);
process.exit(Math.min(await runAll(), 90));
