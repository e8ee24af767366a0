/**
 * Printed codes by which a run is done with the scanner alone. Capital letters and digits only: a wedge scanner types keys, and
 * those are on the same keys of most keyboards. A label that is exactly one of them is no label.
 */
export const controlCodes = {
  RIGSTART: "Start the run that is shown",
  RIGCONFIRM: "Done, or send the answer",
  RIGYES: "Yes, done",
  RIGNO: "No: stop the run",
  RIGSTOP: "STOP: ask for the safe state",
  RIGPAUSE: "Pause, or do not pause after all",
  RIGGOON: "Go on after a pause",
  RIGNEW: "New run",
  RIGLOOK: "Look again",
  RIGKEY1: "1, or the first choice",
  RIGKEY2: "2, or the second choice",
  RIGKEY3: "3, or the third choice",
  RIGKEY4: "4, or the fourth choice",
  RIGKEY5: "5, or the fifth choice",
  RIGKEY6: "6, or the sixth choice",
  RIGKEY7: "7, or the seventh choice",
  RIGKEY8: "8, or the eighth choice",
  RIGKEY9: "9, or the ninth choice",
  RIGKEY0: "0",
  RIGPOINT: "Decimal point",
  RIGBACK: "Take the last digit back",
} as const satisfies Readonly<Record<string, string>>;

export type ControlCode = keyof typeof controlCodes;
export const isControlCode = (text: string): text is ControlCode => Object.hasOwn(controlCodes, text);
