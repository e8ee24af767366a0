/** Keys of people and signing with them on the page. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { rig } from "./rigProcess.ts";
import { type Person, secrets } from "./stationProcess.ts";

export const passphrase = "long enough words";

/** Makes and registers a key in a folder; answers the file of its public half. */
export async function newKey(store: string, folder: string, name: Person, role: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const words = join(folder, "pass");
  writeFileSync(words, passphrase, { mode: 0o600 });
  const files = ["--dir", folder, "--passphrase-file", words, "--store", store, "--json"];
  const made = rig("keys", "new", "--name", name, "--role", role, ...files);
  expect({ code: await made.ended, said: made.text() }).toMatchObject({ code: 0 });
  return join(folder, `${(JSON.parse(made.out()) as { readonly key: string }).key}.pub.pem`);
}

/** Chooses what is signed and types all but the password. */
export async function beginSigning(page: Page, meaning: string, reason: string): Promise<void> {
  await page.getByRole("button", { name: meaning, exact: true }).click();
  await page.getByLabel("Reason (stands in the record)").fill(reason);
  await page.getByLabel("Passphrase of the key").fill(passphrase);
}

export async function sign(page: Page, name: Person, meaning: string, reason: string): Promise<void> {
  await beginSigning(page, meaning, reason);
  await page.getByLabel("Your password or PIN, again").fill(secrets[name]);
  await page.getByRole("button", { name: `Sign: ${meaning}` }).click();
}
