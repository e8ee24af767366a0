/** Writes the sample reports to a directory, to look at: `node test/reports/render.ts DIR`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { contentOf } from "../../reports/content.ts";
import { htmlReport } from "../../reports/html.ts";
import { failing, passing } from "./fixture.ts";

const dir = process.argv[2] ?? "runs/samples";
mkdirSync(dir, { recursive: true });
for (const [name, sample] of Object.entries({ passing: passing(), failing: failing({ simulated: true }) })) {
  writeFileSync(join(dir, `${name}.html`), htmlReport(contentOf(sample.record, sample.series)));
}
