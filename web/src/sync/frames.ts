// The head of a Hocuspocus frame: which document, what kind. Bodies are the provider's business.

import { createDecoder, hasContent, readVarInt, readVarString, readVarUint } from "lib0/decoding";

/** Kinds of frames this app looks at; numbers of the Hocuspocus framing. */
export type Frame =
  | { is: "step-1" | "step-2" | "update"; document: string }
  | { is: "awareness" | "auth" | "other"; document: string }
  /** Of the service: it has ended the document, and why. */
  | { is: "close"; document: string; why: string }
  /** Of the service: words beside the document, stored nowhere. */
  | { is: "stateless"; document: string; words: string }
  /** SyncStatus: the answer to one step 2 or update. */
  | { is: "status"; document: string; applied: boolean }
  /** One-byte frames of the whole socket: ping and pong. */
  | { is: "socket" };

const SYNC = 0;
const AWARENESS = 1;
const AUTH = 2;
const STATELESS = 5;
const CLOSE = 7;
const STATUS = 8;

/** Reads the head of a frame. An unreadable one is of no interest here. */
export function headOf(data: Uint8Array): Frame {
  if (data.length === 1) return { is: "socket" };
  const decoder = createDecoder(data);
  const document = readVarString(decoder);
  switch (readVarUint(decoder)) {
    case SYNC: {
      const step = readVarUint(decoder);
      return { is: step === 0 ? "step-1" : step === 1 ? "step-2" : "update", document };
    }
    case AWARENESS:
      return { is: "awareness", document };
    case AUTH:
      return { is: "auth", document };
    case STATELESS:
      return { is: "stateless", document, words: readVarString(decoder) };
    case CLOSE:
      return { is: "close", document, why: hasContent(decoder) ? readVarString(decoder) : "" };
    case STATUS:
      return { is: "status", document, applied: readVarInt(decoder) === 1 };
    default:
      return { is: "other", document };
  }
}
