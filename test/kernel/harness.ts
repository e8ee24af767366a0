/** Runs the tests of the virtual machine one after the other. No test framework: each start costs seconds there. */

interface Test {
  readonly name: string;
  readonly body: () => Promise<void>;
}

/** Longest a test may take; the machine is slow. */
const TEST_ms = 150_000;

const tests: Test[] = [];

export function test(name: string, body: () => Promise<void>): void {
  tests.push({ name, body });
}

/** Number of tests that failed. */
export async function runAll(): Promise<number> {
  let failed = 0;
  for (const { name, body } of tests) {
    const begun_ms = performance.now();
    const why = await outcome(body);
    const took_s = ((performance.now() - begun_ms) / 1000).toFixed(1);
    console.log(`${why === undefined ? "ok    " : "FAILED"} ${name} (${took_s} s)`);
    if (why === undefined) continue;
    failed += 1;
    console.log(why.replace(/^/gm, "       "));
  }
  console.log(`${tests.length - failed} passed, ${failed} failed`);
  return failed;
}

async function outcome(body: () => Promise<void>): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${TEST_ms / 1000} s`)), TEST_ms);
  });
  try {
    await Promise.race([body(), late]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until it is so. */
export async function until(what: string, is: () => boolean, within_ms = 20_000): Promise<void> {
  const until_ms = performance.now() + within_ms;
  while (!is()) {
    if (performance.now() > until_ms) throw new Error(`${what}: not within ${within_ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
