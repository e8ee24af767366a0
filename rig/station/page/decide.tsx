/**
 * Signing a run, and deciding about a fail. What is signed stands above the fields; the password is given again and the
 * key's passphrase with it, and both leave the page with the request and are forgotten.
 */
import { useState } from "preact/hooks";
import { visible } from "../../../reports/text/escape.ts";
import type { Questions, RunView } from "../reviewTypes.ts";
import { post, RequestError } from "./api.ts";
import { Select } from "./choice.tsx";
import { ErrorLine, Field, useAction } from "./form.tsx";
import { me } from "./state.ts";
import { Facts } from "./tables.tsx";
import { text } from "./texts.ts";

const words = text.review;

interface Shared {
  readonly view: RunView;
  readonly done: (said: string, unwritten?: string) => void;
  /** Nobody knows whether it was done: the run is looked at again. */
  readonly unsure: () => void;
  readonly cancel: () => void;
}

/** `unwritten`: why the list of actions has only that it was asked for. */
type Signed = Questions["sign"]["answer"] & { readonly unwritten?: string };
type Disposed = Questions["dispose"]["answer"] & { readonly unwritten?: string };
type Meaning = RunView["standing"]["may"][number]["meaning"];

/** Largest key file that is read, bytes: an encrypted Ed25519 key has some 500. */
const pem_max = 4096;

const keyRole = (meaning: Meaning): string => (meaning === "finished" ? "technician" : "qa");

/** The station, or the way to it, failed: the answer says nothing of what was done. */
const says = (error: unknown): boolean => error instanceof RequestError && error.status !== 0 && error.status < 500;

export function SignForm({ view, meaning, done, unsure, cancel }: Shared & { readonly meaning: Meaning }) {
  const fitting = view.standing.keys.filter(({ role, ended }) => ended === undefined && role === keyRole(meaning));
  const here = fitting.filter((key) => key.here);
  const [key, setKey] = useState(here[0]?.key ?? "");
  const [pem, setPem] = useState<string>();
  const [reason, setReason] = useState("");
  const [passphrase, setPassphrase] = useState("");
  const [secret, setSecret] = useState("");
  const sign = useAction(async () => {
    try {
      const { seq, waived, unwritten } = await post<Signed>(`/api/runs/${view.run}/sign`, {
        ...{ meaning, reason, passphrase, secret, seen: view.standing.seen },
        ...(key === "" ? { pem } : { key }),
      });
      const more = waived.length > 0 ? `; ${words.waived}: ${waived.join(", ")}` : "";
      done(`${view.id} ${meaning}. ${words.done} ${seq}${more}`, unwritten);
    } catch (error) {
      if (!says(error)) unsure();
      throw error;
    } finally {
      setPassphrase("");
      setSecret("");
    }
  });
  const ready = reason.trim() !== "" && passphrase !== "" && secret !== "" && (key !== "" || pem !== undefined);
  return (
    <form
      class="prompt"
      aria-label={words.meaning[meaning]}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) sign.go();
      }}
    >
      <h3>{words.meaning[meaning]}</h3>
      <p>{words.meaningOf[meaning]}</p>
      <What view={view} title={words.willSign} more={[[words.edition, String(nextEdition(view, meaning))]]} />
      {fitting.length === 0 ? <p class="error">{words.noKey}</p> : null}
      <Field label={words.reason} value={reason} set={setReason} focus />
      <Select
        label={words.key}
        value={key}
        set={setKey}
        from={[...here.map((one) => [one.key, `${one.key} (${one.role})`] as const), ["", words.keyFile]]}
      />
      {key === "" ? <KeyFile set={setPem} /> : null}
      <Field label={words.passphrase} value={passphrase} set={setPassphrase} type="password" />
      <Field label={words.again} value={secret} set={setSecret} type="password" auto="current-password" />
      <ErrorLine of={sign} />
      <div class="buttons">
        <button type="submit" class="large go" disabled={!ready || sign.busy}>
          {words.sign}: {words.meaning[meaning]}
        </button>
        <button type="button" onClick={cancel}>
          {words.cancel}
        </button>
      </div>
    </form>
  );
}

const nextEdition = ({ standing }: RunView, meaning: Meaning): number =>
  standing.edition + (meaning === "amended" ? 1 : 0);

const KeyFile = ({ set }: { readonly set: (pem: string | undefined) => void }) => (
  <label class="field">
    <span>{words.chooseFile}</span>
    <input
      type="file"
      accept=".pem"
      onChange={(event) => {
        const file = event.currentTarget.files?.[0];
        set(undefined);
        if (file && file.size <= pem_max) file.text().then(set, () => set(undefined));
      }}
    />
  </label>
);

/** The run as it is signed or decided about: what somebody should have read before they answer for it. */
function What({
  view,
  title,
  more,
}: {
  readonly view: RunView;
  readonly title: string;
  readonly more: readonly (readonly [string, string])[];
}) {
  const mark = view.simulated ? ` · ${text.simulated}` : "";
  const rows = [
    [words.run, `${view.id}, ${text.serial} ${visible(view.serial)}`],
    [words.result, `${view.words}, ${view.ending}${mark}`],
    ...(view.firstCause ? [[text.first, view.firstCause]] : []),
    ["SHA-256", view.standing.seen?.hash ?? ""],
    ...more,
    [words.who, me.value?.name ?? ""],
  ];
  return <Facts name="what" caption={title} rows={rows} />;
}

const decisions = ["rework", "use-as-is", "scrap", "retest-accepted"] as const;

export function DisposeForm({ view, done, unsure, cancel }: Shared) {
  const [decision, setDecision] = useState<string>("rework");
  const [reason, setReason] = useState("");
  const [secret, setSecret] = useState("");
  const dispose = useAction(async () => {
    try {
      const body = { decision, reason, secret };
      const { number, unwritten } = await post<Disposed>(`/api/runs/${view.run}/dispose`, body);
      done(`${number}: ${view.id} ${decision}`, unwritten);
    } catch (error) {
      if (!says(error)) unsure();
      throw error;
    } finally {
      setSecret("");
    }
  });
  const ready = reason.trim() !== "" && secret !== "";
  return (
    <form
      class="prompt"
      aria-label={words.dispose}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) dispose.go();
      }}
    >
      <h3>{words.dispose}</h3>
      <What view={view} title={words.willDecide} more={[]} />
      <Select
        label={words.decision}
        value={decision}
        set={setDecision}
        from={decisions.map((one) => [one, words.decisions[one]] as const)}
      />
      <Field label={words.reason} value={reason} set={setReason} focus />
      <Field label={words.again} value={secret} set={setSecret} type="password" auto="current-password" />
      <ErrorLine of={dispose} />
      <div class="buttons">
        <button type="submit" class="large go" disabled={!ready || dispose.busy}>
          {words.decide}
        </button>
        <button type="button" onClick={cancel}>
          {words.cancel}
        </button>
      </div>
    </form>
  );
}
