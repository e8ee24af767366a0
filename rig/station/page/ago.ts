/** An age as a person says it. */
export function ago(age_s: number): string {
  if (age_s < 90) return `${Math.round(age_s)} s`;
  if (age_s < 90 * 60) return `${Math.round(age_s / 60)} min`;
  return age_s < 48 * 3600 ? `${Math.round(age_s / 3600)} h` : `${Math.round(age_s / 86_400)} days`;
}
