/** What the controller sees of the guard. Contract of the safety layer and of the `gpio` kind. */
import type { GpioEdge } from "../../drivers/gpio/backend.ts";
import type { Io, SafeRecipe } from "../kinds/kinds.ts";

/** Owns every safety line (one owner per line). */
export interface Guard {
  /** Hands over what to send when the controller is gone; replaces an earlier list. From then on beats are counted. */
  arm(recipes: readonly SafeRecipe[]): Promise<void>;
  /** Every 50 ms from the control loop itself, so that a loop that hangs is noticed. */
  beat(): void;
  /** Level of EN; resolves when the line has really moved. Turning it on is an energising call. */
  enable(on: boolean, io: Pick<Io, "signal" | "deadline_wall_ms">): Promise<void>;
  /** Levels as last reported by the guard. */
  lines(): Readonly<Record<string, boolean>>;
  /** Returns the function that ends it. */
  onEdge(listener: (edge: GpioEdge) => void): () => void;
  /** Edges that the kernel threw away, told before those that it kept (see GpioBackend). Returns the end of it. */
  onLoss(listener: (edges: number) => void): () => void;
  /** Aborts with GUARD_LOST when the guard ends, triggers or no longer answers beats. */
  readonly lost: AbortSignal;
}

export interface GuardClient extends Guard {
  /** Process id of the guard. */
  readonly pid: number;
  /** Orderly end: EN low, disarmed, the guard exits. `lost` does not abort. */
  release(): Promise<void>;
  /**
   * The controller could not make the bench safe itself: leaves it to the guard, which drops EN and sends its recipes.
   * Close the ports first. Resolves when the guard has ended, or after 3 s.
   */
  handOver(): Promise<void>;
}

/** Time between beats and between edges of WD, ms. */
export const BEAT_ms = 50;
/** Without a beat for this long the controller counts as hung, ms. */
export const BEAT_TIMEOUT_ms = 200;
