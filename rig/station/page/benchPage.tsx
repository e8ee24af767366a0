/** The bench itself: its instruments, interlocks, due dates and wear; and what a person may do to it by hand. */
import "./benchPage.css";
import { BenchDue, BenchWear } from "./benchDates.tsx";
import { BenchNow } from "./benchNow.tsx";
import { ManualPanel } from "./manualPanel.tsx";
import { bench, route } from "./state.ts";
import { text } from "./texts.ts";
import { TwinPanel } from "./twinPanel.tsx";

const tabs = [
  ["state", text.tabState],
  ["due", text.tabDue],
  ["wear", text.tabWear],
  ["manual", text.tabManual],
] as const;

export default function BenchPage() {
  const byHand = bench.value?.run?.procedure === "manual" && !route.value.startsWith("#/instruments");
  const at = byHand ? "manual" : (route.value.split("/")[2] ?? "state");
  const simulated = bench.value?.simulated === true;
  const shown = simulated ? [...tabs, ["twin", text.tabTwin] as const] : tabs;
  return (
    <section class="bench-page">
      <nav class="tabs" aria-label={text.instruments}>
        {shown.map(([id, title]) => (
          <a key={id} href={`#/instruments/${id}`} {...(id === at ? { "aria-current": "page" as const } : {})}>
            {title}
          </a>
        ))}
      </nav>
      {simulated ? <p class="simulated wide">{text.simulated}</p> : null}
      {viewOf(at)}
    </section>
  );
}

function viewOf(at: string) {
  if (at === "due") return <BenchDue />;
  if (at === "wear") return <BenchWear />;
  if (at === "manual") return <ManualPanel />;
  return at === "twin" ? <TwinPanel /> : <BenchNow />;
}
