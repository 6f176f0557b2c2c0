// Every request of the app. Bodies are generated from the protocol; nothing is kept in a cache.
import type {
  ApiError, AttendeeId, Claim, Door, Enter, ErrorCode, FrameworkSummary, Knock, NewConference, Outcome, Pairing, Request, Ticket,
} from "../protocol/generated";

/** What came back: the body, a refusal in plain words, or nothing because the network is away. */
export type Answer<T> =
  | { is: "done"; body: T }
  | { is: "refused"; status: number; code: ErrorCode; message: string }
  | { is: "lost" };

/** After this time a request counts as lost, in milliseconds. Commands are sent again under the same id. */
const PATIENCE = 15_000;

function isApiError(body: unknown): body is ApiError {
  return typeof body === "object" && body !== null && "code" in body && "message" in body;
}

/** Reads an answer. What is not ours (a proxy's page, half a body) counts as lost, so that it is tried again. */
export async function readAnswer<T>(response: Response): Promise<Answer<T>> {
  const text = await response.text();
  if (response.ok && text === "") return { is: "done", body: undefined as T };
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { is: "lost" };
  }
  if (response.ok) return { is: "done", body: body as T };
  return isApiError(body) ? { is: "refused", status: response.status, ...body } : { is: "lost" };
}

interface Options {
  body?: unknown;
  bearer?: string;
  /** The request outlives the page. */
  keepalive?: boolean;
}

async function ask<T>(method: "GET" | "POST", path: string, { body, bearer, keepalive = false }: Options = {}): Promise<Answer<T>> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method === "POST") headers["X-Flipchart"] = "1";
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (bearer !== undefined) headers["Authorization"] = `Bearer ${bearer}`;
  try {
    const response = await fetch(path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      // With the page's own policy some browsers would send `Origin: null`.
      referrerPolicy: "same-origin",
      keepalive,
      ...(keepalive ? {} : { signal: AbortSignal.timeout(PATIENCE) }),
    });
    return await readAnswer<T>(response);
  } catch {
    return { is: "lost" };
  }
}

/** The frameworks that a conference can be opened with. */
export const frameworks = () => ask<FrameworkSummary[]>("GET", "/api/frameworks");

/** Opens a conference. The same body may be sent again. */
export const openConference = (key: string, conference: NewConference) =>
  ask<unknown>("POST", "/api/conferences", { body: conference, bearer: key });

/** Opens a personal link with its PIN. */
export const enter = (body: Enter) => ask<Door>("POST", "/api/enter", { body });

/** Comes to the door with the room's code and a name. */
export const knock = (body: Knock) => ask<Door>("POST", "/api/knock", { body });

/** Where this device stands. */
export const door = (attendee: AttendeeId) => ask<Door>("GET", `/api/attendees/${attendee}`);

/** A ticket for one socket. */
export const ticket = (attendee: AttendeeId) => ask<Ticket>("POST", `/api/attendees/${attendee}/ticket`);

/** Sends one command. Screens use the queue of `commands.ts`. */
export const command = (attendee: AttendeeId, request: Request, keepalive = false) =>
  ask<Outcome>("POST", `/api/attendees/${attendee}/commands`, { body: request, keepalive });

/** Asks for a wall's code. */
export const pairing = () => ask<Pairing>("POST", "/api/walls");

/** Whether the chair has typed the code; without a body while not. */
export const claim = (body: Claim) => ask<Door | undefined>("POST", "/api/walls/claim", { body });
