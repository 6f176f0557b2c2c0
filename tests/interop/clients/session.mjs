/** The client's own session, as a page has it: it asks for tickets by itself. */

const asked = JSON.parse(process.env.INTEROP);

/** Where, as whom, with what. */
export const { origin, attendee, cookie, version } = asked;

export async function ticket() {
  const answer = await fetch(`${origin}/api/attendees/${attendee}/ticket`, {
    method: "POST",
    headers: { "content-type": "application/json", origin, "x-flipchart": "1", cookie },
    body: "{}",
  });
  if (!answer.ok) throw new Error(`no ticket: ${answer.status}`);
  return (await answer.json()).ticket;
}
