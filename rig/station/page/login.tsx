import { useSignal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { get, post, RequestError } from "./api.ts";
import { ErrorLine, Field, useAction } from "./form.tsx";
import { KeysButton } from "./kiosk.tsx";
import { type Me, me } from "./state.ts";
import { text } from "./texts.ts";

export function Login() {
  const [first, setFirst] = useState(false);
  // Read when the form is sent: a scan types and sends at once.
  const [name, secret, code] = [useSignal(""), useSignal(""), useSignal("")];
  const form = useRef<HTMLFormElement>(null);
  const look = useAction(async () => setFirst((await get<{ first: boolean }>("/api/first")).first));
  useEffect(() => look.go(), []);
  const enter = useAction(async () => {
    const given = { name: name.value, secret: secret.value };
    try {
      me.value = first
        ? await post<Me>("/api/first", { code: code.value.trim().toUpperCase(), ...given })
        : await post<Me>("/api/login", given);
    } catch (thrown) {
      // The next one, typed or scanned, does not come behind a wrong one.
      if (thrown instanceof RequestError && thrown.status === 401) {
        secret.value = "";
        form.current?.querySelector<HTMLInputElement>("input[type=password]")?.focus();
      }
      throw thrown;
    }
  });
  return (
    <main class="login">
      <h1>{first ? text.firstTitle : text.title}</h1>
      <form
        ref={form}
        onSubmit={(event) => {
          event.preventDefault();
          // A scanner ends each field with Enter: the next empty one is asked for.
          const empty = [...event.currentTarget.querySelectorAll("input")].find(({ value }) => value === "");
          if (empty) empty.focus();
          else enter.go();
        }}
      >
        {first ? <Field label={text.code} value={code.value} set={(given) => (code.value = given)} focus /> : null}
        <Field
          label={text.name}
          value={name.value}
          set={(given) => (name.value = given)}
          focus={!first}
          auto="username"
        />
        <Field
          label={text.secret}
          value={secret.value}
          set={(given) => (secret.value = given)}
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
