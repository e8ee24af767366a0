/** What is due when on this bench, and how worn it is. */
import { useEffect, useState } from "preact/hooks";
import type { BenchFacts } from "../benchPage.ts";
import { get } from "./api.ts";
import { ErrorLine, useAction } from "./form.tsx";
import { dueWords } from "./texts/benchPage.ts";
import { text } from "./texts.ts";

function useFacts() {
  const [facts, setFacts] = useState<BenchFacts>();
  const load = useAction(async () => setFacts(await get<BenchFacts>("/api/bench/facts")));
  useEffect(() => load.go(), []);
  return { facts, load };
}

const marks = { overdue: "✗", waived: "–", soon: "!", valid: "✓" } as const;
const words = { overdue: text.overdue, waived: text.waivedHere, soon: text.next90, valid: text.valid } as const;

export function BenchDue() {
  const { facts, load } = useFacts();
  return (
    <>
      <ErrorLine of={load} />
      <table>
        <caption>{text.tabDue}</caption>
        <tbody>
          {(facts?.calendar ?? []).map(({ kind, what, due, by, state }) => (
            <tr key={`${kind} ${what}`} class={state === "overdue" ? "bad" : state === "soon" ? "soon" : ""}>
              <td>{marks[state]}</td>
              <td class="number">{due}</td>
              <td class="word">{words[state]}</td>
              <td>
                {dueWords[kind]}: {what}
              </td>
              <td>{by}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

export function BenchWear() {
  const { facts, load } = useFacts();
  if (!facts) return <ErrorLine of={load} />;
  const used = facts.relays.filter(({ closings }) => closings > 0);
  return (
    <>
      <table>
        <caption>
          {text.countedIn}: {facts.runs}
        </caption>
        <tbody>
          {used.map(({ id, class: kind, closings, breaks, life, share }) => (
            <tr key={id} class={(share ?? 0) >= 1 ? "bad" : ""}>
              <td>
                {id} ({kind})
              </td>
              <td class="number">
                {closings} {text.closings}
              </td>
              <td>
                {life === undefined || share === undefined
                  ? text.noLife
                  : `${(100 * share).toFixed(1)} % ${text.ofLife} (${life})`}
              </td>
              <td>{breaks > 0 ? `${breaks} ${text.breaks}` : ""}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <table>
        <caption>
          {text.halves}: {text.matings}
        </caption>
        <tbody>
          {facts.halves.map(({ id, serial, matings, matings_max, worn }) => (
            <tr key={id} class={worn ? "bad" : ""}>
              <td>
                {id} ({serial})
              </td>
              <td class="number">
                {matings}
                {matings_max === undefined ? "" : ` / ${matings_max}`}
              </td>
              <td>{worn ? text.worn : ""}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
