import { useEffect, useState } from "preact/hooks";

const tick_ms = 500;

/** The page's monotonic clock, ms, anew twice a second: for what is counted down. A wrong date changes nothing of it. */
export function useNow(): number {
  const [now_ms, set] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => set(performance.now()), tick_ms);
    return () => clearInterval(timer);
  }, []);
  return now_ms;
}
