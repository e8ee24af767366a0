import { useEffect, useState } from "preact/hooks";
import { get, post } from "./api.ts";
import { ErrorLine, Field, useAction } from "./form.tsx";
import { KeysButton } from "./kiosk.tsx";
import { type Me, me } from "./state.ts";
import { text } from "./texts.ts";

export function Login() {
  const [first, setFirst] = useState(false);
  const [name, setName] = useState("");
  const [secret, setSecret] = useState("");
  const [code, setCode] = useState("");
  const look = useAction(async () => setFirst((await get<{ first: boolean }>("/api/first")).first));
  useEffect(() => look.go(), []);
  const enter = useAction(async () => {
    me.value = first
      ? await post<Me>("/api/first", { code: code.trim().toUpperCase(), name, secret })
      : await post<Me>("/api/login", { name, secret });
  });
  return (
    <main class="login">
      <h1>{first ? text.firstTitle : text.title}</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          // A scanner ends each field with Enter: the next empty one is asked for.
          const empty = [...event.currentTarget.querySelectorAll("input")].find(({ value }) => value === "");
          if (empty) empty.focus();
          else enter.go();
        }}
      >
        {first ? <Field label={text.code} value={code} set={setCode} focus /> : null}
        <Field label={text.name} value={name} set={setName} focus={!first} auto="username" />
        <Field
          label={text.secret}
          value={secret}
          set={setSecret}
          type="password"
          auto={first ? "new-password" : "current-password"}
        />
        <button type="submit" class="large" disabled={enter.busy}>
          {first ? text.make : text.login}
        </button>
        <KeysButton />
        <ErrorLine of={enter} />
        <ErrorLine of={look} />
      </form>
    </main>
  );
}
