/**
 * What a prompt asks of a person, as a picture: the place at the bench, or the contact on the drawing of the face. Made of
 * the prompt's own action (rig/plan/commands.ts): a prompt without one is shown by what it wants to be answered.
 */
import type { ComponentChildren } from "preact";
import { drawFace, type FaceOfAdapter } from "../../../reports/faces/drawing.ts";
import { patterns } from "../../../reports/faces/results.ts";
import type { Pin } from "../../model/contacts.ts";
import type { Prompt } from "../../plan/commands.ts";
import { type Part, type Pointed, pointedAt } from "../pointed.ts";
import { useFaces } from "./faces.ts";
import { text } from "./texts.ts";

const words = text.run.picture;

export function Picture({ prompt }: { readonly prompt: Prompt }) {
  const faces = useFaces();
  const { part, does, what, face } = pointedAt(prompt);
  const word = what === undefined ? words[does] : `${words[does]} ${what}`;
  const which = face && faceFor(face, faces);
  return (
    <figure class="picture">
      {which ? <FacePicture which={which} pin={face?.pin} word={word} /> : <BenchPicture part={part} word={word} />}
      <figcaption>{word}</figcaption>
    </figure>
  );
}

/** The half that is fitted is the counterpart of the adapter's face. */
function faceFor(
  { face, half: coupler }: NonNullable<Pointed["face"]>,
  faces: readonly FaceOfAdapter[] | undefined,
): FaceOfAdapter | undefined {
  if (coupler) return { face, coupler, half: face === "ev" ? "inlet" : "plug" };
  return faces?.find((one) => one.face === face);
}

const around = 12;

function FacePicture(props: { readonly which: FaceOfAdapter; readonly pin: Pin | undefined; readonly word: string }) {
  const { which, pin, word } = props;
  const { markup, left, right, top, bottom, centres } = drawFace(which, new Map(), { x: 0, y: 0 });
  const at = pin && centres.get(pin);
  const box = `${left - around} ${top - around} ${right - left + 2 * around} ${bottom - top + 2 * around}`;
  return (
    <svg viewBox={box} role="img" aria-label={word}>
      {/* Markup escapes what it is given (reports/text/escape.ts); nothing else goes into it. */}
      <g class="bare" dangerouslySetInnerHTML={{ __html: `${patterns}${markup}` }} />
      {at ? <circle cx={at.x} cy={at.y} r="26" fill="none" stroke="#c8102e" stroke-width="7" /> : null}
    </svg>
  );
}

/** The bench from above: station's half, adapter and vehicle's half in nest N1 under two lids, nest N2, the stop. */
function BenchPicture({ part, word }: { readonly part: Part; readonly word: string }) {
  if (part === "none") return <KindPicture word={word} />;
  return (
    <svg viewBox="0 0 320 200" role="img" aria-label={word}>
      <rect x="4" y="4" width="312" height="192" rx="8" fill="#e4e8ec" stroke="#44525f" />
      <Box x={20} y={44} w={200} h={70} on={part === "nest1" || part === "lids"} dashed={part === "lids"}>
        N1
      </Box>
      <Box x={28} y={60} w={50} h={38} on={part === "evse"}>
        EVSE
      </Box>
      <Box x={92} y={60} w={56} h={38} on={part === "nest1" || part === "adapter"}>
        {words.adapter}
      </Box>
      <Box x={162} y={60} w={50} h={38} on={part === "ev"}>
        EV
      </Box>
      <Box x={20} y={132} w={200} h={44} on={part === "nest2" || part === "lids"} dashed={part === "lids"}>
        N2
      </Box>
      <circle cx="268" cy="80" r="26" fill="#f2b134" stroke="#44525f" />
      <circle cx="268" cy="80" r="16" fill="#c8102e" stroke={part === "estop" ? "#14212e" : "#7a0a1c"} />
      <text x="268" y="124" text-anchor="middle">
        STOP
      </text>
      {part === "estop" ? <circle cx="268" cy="80" r="34" fill="none" stroke="#c8102e" stroke-width="6" /> : null}
    </svg>
  );
}

function Box(props: {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly on: boolean;
  readonly dashed?: boolean;
  readonly children: ComponentChildren;
}) {
  const { x, y, w, h, on, dashed, children } = props;
  return (
    <g>
      <rect
        x={x}
        y={y}
        width={w}
        height={h}
        rx="5"
        fill={on && h < 60 ? "#ffe08a" : "#ffffff"}
        stroke={on ? "#c8102e" : "#7b8794"}
        stroke-width={on ? 5 : 1.5}
        stroke-dasharray={dashed ? "9 5" : undefined}
      />
      <text
        x={h > 60 || w > 100 ? x + 6 : x + w / 2}
        y={h > 60 ? y + 13 : y + h / 2 + 5}
        text-anchor={w > 100 ? "start" : "middle"}
      >
        {children}
      </text>
    </g>
  );
}

/** Nothing to touch: read, compare, enter. */
const KindPicture = ({ word }: { readonly word: string }) => (
  <svg viewBox="0 0 320 120" role="img" aria-label={word}>
    <rect x="40" y="20" width="240" height="80" rx="8" fill="#ffffff" stroke="#44525f" stroke-width="3" />
    {[44, 64, 84].map((y, i) => (
      <line key={y} x1="60" y1={y} x2={i === 2 ? 180 : 240} y2={y} stroke="#7b8794" stroke-width="5" />
    ))}
    <path d="M228 78 l12 12 l26 -34" fill="none" stroke="#1b7a4b" stroke-width="8" />
  </svg>
);
