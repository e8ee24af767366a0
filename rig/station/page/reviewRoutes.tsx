/** Which view of the review an address means; the heavy ones come when they are looked at. */
import { History } from "./history.tsx";
import { Later } from "./later.tsx";
import { me } from "./state.ts";

const review = async () => (await import("./review.tsx")).default;
const series = async () => (await import("./series.tsx")).default;
const trend = async () => (await import("./trend.tsx")).default;
const compare = async () => (await import("./compare.tsx")).default;
const audit = async () => (await import("./audit.tsx")).default;

export const mayAudit = (): boolean => me.value?.role === "administrator" || me.value?.role === "qa";

/** Undefined for an address of another part. */
export function reviewView(at: string) {
  if (/^#\/runs\/\d+\/series(\?|$)/.test(at)) return <Later key="series" load={series} />;
  if (/^#\/runs\/\d+(\?|$)/.test(at)) return <Later key="review" load={review} />;
  if (/^#\/runs(\?|$)/.test(at)) return <History />;
  if (/^#\/trend(\?|$)/.test(at)) return <Later key="trend" load={trend} />;
  if (/^#\/compare\/\d+\/\d+$/.test(at)) return <Later key="compare" load={compare} />;
  if (/^#\/audit(\?|$)/.test(at) && mayAudit()) return <Later key="audit" load={audit} />;
  return undefined;
}
