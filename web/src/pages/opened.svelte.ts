/** What desk, attendee's page and wall have in common: one meeting, opened for the attendee of the address. */

import { AttendeeService } from "../api/service";
import type { Act } from "../model/screen";
import { Meeting } from "../model/meeting.svelte";
import type { Command, Outcome } from "../protocol/generated";

/** Opens the meeting for as long as the page is shown; call it while the page is set up. */
export function opened(attendee: string): Meeting {
  const service = new AttendeeService(attendee);
  const meeting = new Meeting(service);
  $effect(() => {
    meeting.open(attendee);
    return () => {
      meeting.close();
      service.stop();
    };
  });
  return meeting;
}

/** Sends commands and tells the person when one was refused. */
export function acting(meeting: { command(command: Command): Promise<Outcome> }, tell: (why: string) => void, lost: () => string): Act {
  return async (command) => {
    try {
      const outcome = await meeting.command(command);
      if (outcome.is !== "refused") return true;
      tell(outcome.why);
    } catch {
      tell(lost());
    }
    return false;
  };
}
