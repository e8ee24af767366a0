/** Accounts, for the administrator. */
import { useEffect, useState } from "preact/hooks";
import type { Account } from "../accounts.ts";
import { get, post } from "./api.ts";
import { ErrorLine, Field, useAction } from "./form.tsx";
import { text } from "./texts.ts";

const roles = ["technician", "engineer", "qa", "administrator"] as const;

export function People() {
  const [list, setList] = useState<readonly Account[]>([]);
  const [name, setName] = useState("");
  const [secret, setSecret] = useState("");
  const [role, setRole] = useState<string>("technician");
  const load = useAction(async () => setList(await get<readonly Account[]>("/api/accounts")));
  useEffect(() => load.go(), []);
  const make = useAction(async () => {
    await post("/api/accounts", { name, secret, role });
    setName("");
    setSecret("");
    setList(await get<readonly Account[]>("/api/accounts"));
  });
  const change = useAction(async (account: Account) => {
    await post("/api/accounts/change", { name: account.name, disabled: !account.disabled });
    setList(await get<readonly Account[]>("/api/accounts"));
  });
  return (
    <>
      <h2>{text.people}</h2>
      <table>
        <tbody>
          {list.map((account) => (
            <tr key={account.name}>
              <td>{account.name}</td>
              <td>{account.role}</td>
              <td>
                <button type="button" onClick={() => change.go(account)}>
                  {account.disabled ? text.enable : text.disable}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <form
        class="filter"
        onSubmit={(event) => {
          event.preventDefault();
          make.go();
        }}
      >
        <Field label={text.name} value={name} set={setName} />
        <Field label={text.secret} value={secret} set={setSecret} type="password" auto="new-password" />
        <label class="field">
          <span>{text.role}</span>
          <select value={role} onChange={(event) => setRole(event.currentTarget.value)}>
            {roles.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <button type="submit" disabled={make.busy}>
          {text.make}
        </button>
      </form>
      <ErrorLine of={make} />
      <ErrorLine of={change} />
      <ErrorLine of={load} />
    </>
  );
}
