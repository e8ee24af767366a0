/** Runs without an outcome: somebody is writing them, or their writer died. Reads only, so that nothing is closed by looking. */
import { existsSync } from "node:fs";
import { openToRead, storageError, storeFile } from "./database.ts";
import { idOf } from "./ids.ts";
import { isAlive } from "./process.ts";

export interface OpenRun {
  readonly run: number;
  readonly id: string;
  readonly procedure: string;
  readonly adapter: string;
  readonly serial: string;
  readonly operator: string;
  readonly simulated: boolean;
  /** Process that writes it. */
  readonly pid: number;
  /** False: the program died, and the run is interrupted. */
  readonly alive: boolean;
}

/** Oldest first; none where there is no store yet. @throws RigError STORAGE_FAILED */
export async function openRuns(dir: string): Promise<readonly OpenRun[]> {
  if (!existsSync(storeFile(dir))) return [];
  const db = await openToRead(dir, undefined, "older too");
  try {
    const rows = db
      .prepare(
        `SELECT run, procedure, adapter, serial, operator, simulated, writer_pid, writer_start FROM run
         WHERE hash IS NULL ORDER BY run`,
      )
      .all();
    return rows.map((row) => {
      const [run, pid] = [Number(row["run"]), Number(row["writer_pid"])];
      return {
        run,
        id: idOf(run),
        procedure: String(row["procedure"]),
        adapter: String(row["adapter"]),
        serial: String(row["serial"]),
        operator: String(row["operator"]),
        simulated: row["simulated"] === 1,
        pid,
        alive: isAlive({ pid, start: String(row["writer_start"]) }),
      };
    });
  } catch (error) {
    throw storageError("cannot look for open runs in", dir, error);
  } finally {
    db.close();
  }
}
