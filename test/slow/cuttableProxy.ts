/** A wire between browser and station that a test can cut, as a switch that loses power does, or tear. */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface Wire {
  readonly port: number;
  /** Nothing goes through any more, and nobody is told. */
  cut(): void;
  /** Every connection ends, and none begins. */
  tear(): void;
  mend(): void;
  close(): void;
}

export async function wireTo(station: number): Promise<Wire> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let state: "whole" | "cut" | "torn" = "whole";
  const server = createServer((near) => {
    if (state === "torn") return void near.destroy();
    const far = connect(station, "127.0.0.1");
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const [from, to] of [pair, [far, near] as const]) {
      from.on("data", (bytes) => void to.write(bytes));
      from.on("close", () => {
        pairs.delete(pair);
        to.destroy();
      });
      // The other end is told by its close.
      from.on("error", () => to.destroy());
      if (state === "cut") from.pause();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const all = (): readonly Socket[] => [...pairs].flat();
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      state = "cut";
      for (const socket of all()) socket.pause();
    },
    tear: () => {
      state = "torn";
      for (const socket of all()) socket.resetAndDestroy();
    },
    mend: () => {
      state = "whole";
      for (const socket of all()) socket.resume();
    },
    close: () => {
      for (const socket of all()) socket.destroy();
      server.close();
    },
  };
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
