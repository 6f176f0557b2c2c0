import type { AttendeeId, Command, Door, Outcome, Ticket } from "../protocol/generated";
import { type Answer, door, ticket } from "./client";
import { Commands } from "./commands";

/** A request that was not carried out. `status` is that of HTTP, 0 when the network is away. */
export class ServiceError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = "ServiceError";
  }
}

async function orThrow<T>(asked: Promise<Answer<T>>): Promise<T> {
  const answer = await asked;
  if (answer.is === "done") return answer.body;
  throw answer.is === "lost" ? new ServiceError(0, "The network is away") : new ServiceError(answer.status, answer.message);
}

/** Everything a meeting asks of the service for one attendee, over one queue of commands. */
export class AttendeeService {
  readonly commands: Commands;

  constructor(attendee: AttendeeId) {
    this.commands = new Commands(attendee);
  }

  /** Sends a command, again after a lost network. Rejects only when this device is no longer in. */
  async send(_attendee: AttendeeId, command: Command): Promise<Outcome> {
    const result = await this.commands.send(command);
    if (result.is === "shut") throw new ServiceError(401, "This device is no longer in");
    return result;
  }

  /** A ticket for one socket. */
  ticket(attendee: AttendeeId): Promise<Ticket> {
    return orThrow(ticket(attendee));
  }

  /** Where this device stands. */
  door(attendee: AttendeeId): Promise<Door> {
    return orThrow(door(attendee));
  }

  /** Forgets what waits. */
  stop(): void {
    this.commands.stop();
  }
}
