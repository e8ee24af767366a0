/** All tests of the virtual machine. Its end code is the number of those that failed. */
import { guardTests } from "./guard.ts";
import { runAll } from "./harness.ts";
import { LABEL, lineTests } from "./lines.ts";
import { serialTests } from "./serial.ts";
import { simChip } from "./sim.ts";
import { sysfsTests } from "./sysfs.ts";
import { watchdogTests } from "./watchdog.ts";

simChip("other", "other-chip", 4);
const chip = simChip("rig", LABEL, 54);
lineTests(chip);
sysfsTests(chip, LABEL);
watchdogTests();
guardTests(chip, LABEL);
serialTests();
process.exit(Math.min(await runAll(), 90));
