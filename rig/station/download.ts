/** Downloads that are made piece by piece: a reader that is slow holds one piece in memory, and one that goes ends it. */

/** `next` gives one piece after the other, undefined at the end. The first one is made before anything is sent. */
export async function pieces(next: () => Promise<string | undefined>): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder();
  let first = await next();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const piece = first ?? (await next());
      first = undefined;
      if (piece === undefined) return controller.close();
      controller.enqueue(encoder.encode(piece));
    },
  });
}

/** A name that is only a name, whatever a series or a list is called. */
export const fileName = (...parts: readonly string[]): string =>
  parts.map((part) => part.replace(/[^A-Za-z0-9_-]+/g, "-").slice(0, 60)).join(".");
