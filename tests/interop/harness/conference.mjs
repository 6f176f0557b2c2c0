/** A conference opened through the same door as the set-up page, and the sessions of who comes in. */

import { randomBytes, randomUUID } from "node:crypto";
import { until } from "../../browser/harness/until.mjs";

const LETTERS = "0123456789abcdefghjkmnpqrstvwxyz";
const PIN = "20261214";

/** An id as clients draw them: 16 letters of base 32. */
export const drawId = () => Array.from(randomBytes(16), (byte) => LETTERS[byte % 32]).join("");

const sha256 = async (text) => Buffer.from(await crypto.subtle.digest("SHA-256", text)).toString("hex");

async function post(origin, path, body, headers = {}) {
  const answer = await fetch(origin + path, {
    method: "POST",
    headers: { "content-type": "application/json", origin, "x-flipchart": "1", ...headers },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${await answer.text()}`);
  return answer;
}

/** Somebody's session on one device. */
export class Session {
  constructor(origin, attendee, cookie) {
    Object.assign(this, { origin, attendee, cookie });
  }

  async post(path, body) {
    const answer = await post(this.origin, `/api/attendees/${this.attendee}/${path}`, body, { cookie: this.cookie });
    return answer.json();
  }

  /** Does something that has to be done. */
  async does(command) {
    const outcome = await this.post("commands", { id: drawId(), command });
    if (outcome.is !== "done") throw new Error(`${command.do}: ${JSON.stringify(outcome)}`);
  }

  /** A pass for some documents. */
  async pass(documents) {
    return (await this.post("pass", { documents })).pass;
  }
}

export class Conference {
  /** Opens one about one child, with one person for each role; one of them is the chair. */
  static async open(service, roles) {
    const conference = new Conference();
    conference.service = service;
    conference.id = drawId();
    conference.people = roles.map((role) => ({ role, attendee: drawId(), secret: randomBytes(32) }));
    const people = conference.people.map(async ({ role, attendee, secret }) => ({
      attendee,
      person: { name: `${role} Practice`, role, words: role, agency: null, place: "room" },
      way_in: { secret_hash: await sha256(secret), pin: PIN },
    }));
    const key = await until("the set-up key", () => service.said.match(/\/set-up#([0-9a-f]{64})/)?.[1]);
    const body = {
      conference: conference.id,
      framework: "lbh",
      title: "Initial conference",
      starts: "2026-12-14T10:00",
      children: [{ child: drawId(), first_name: "Kacper", name: "Kacper Nowicki" }],
      people: await Promise.all(people),
      screen: { height_mm: 685, distance_mm: 5000 },
      mirrored: false,
      practice: false,
    };
    await post(service.origin, "/api/conferences", body, { authorization: `Bearer ${key}` });
    return conference;
  }

  /** A document's name. */
  name(kind) {
    return `${this.id}/${kind}`;
  }

  /** The first person with this role opens their link. Whoever has no desk waits in the lobby then. */
  async enter(role) {
    const { attendee, secret } = this.people.find((person) => person.role === role);
    const body = { attendee, secret: secret.toString("hex"), pin: PIN };
    const answer = await post(this.service.origin, "/api/enter", body);
    const cookie = answer.headers.getSetCookie()[0].split(";")[0];
    return new Session(this.service.origin, attendee, cookie);
  }

  /** As `enter`, and the chair lets them in, with a pen where they are to write. */
  async bring(role, chair, { pen = false } = {}) {
    const session = await this.enter(role);
    const hasDesk = ["chair", "co-chair", "business-support"].includes(role);
    if (!hasDesk) await chair.does({ do: "admit", attendee: session.attendee, device: null, person: null });
    if (pen) await chair.does({ do: "give-pen", attendee: session.attendee });
    return session;
  }
}

/** Something that no other run has written. */
export const words = (about) => `${about} ${randomUUID().slice(0, 8)}`;
