/** Lengths of time as people say them, in s. */

export const minutes = (n: number): number => n * 60;
export const hours = (n: number): number => n * 3600;
