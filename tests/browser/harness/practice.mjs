/** The practice conferences that the service opens, and how somebody comes in. */

import { linksIn } from "./service.mjs";
import { until } from "./until.mjs";

/**
 * Links of one practice conference: "empty sheets", "filled sheets", or "empty sheets of" an own framework.
 * @param {import("./service.mjs").Service} service
 */
export async function practice(service, title) {
  // Whole once its last person stands there.
  const part = await until(`the links of ${title}`, () =>
    service.said.split("Practice conference, ").find((text) => text.startsWith(`${title}\n`) && text.includes("Parenting practitioner")),
  );
  const links = linksIn(part.split("\n\n")[0]);
  return (whose) => links.find((link) => link.whose.startsWith(whose)) ?? Promise.reject(new Error(`no link for ${whose}`));
}

/** Opens a personal link with its PIN; those who attend come to the door, desks and walls are in. */
export async function comeIn(page, { url, pin }) {
  await page.goto(url);
  await page.getByLabel("Type your PIN").click();
  await page.keyboard.type(pin);
  await page.getByRole("button", { name: "Open", exact: true }).click();
  const door = page.getByRole("button", { name: "Come to the door" });
  await door.or(page.getByRole("navigation", { name: "Phases" })).or(page.getByText(/^page \d+ of|Join on your own phone/)).first().waitFor();
  if (await door.isVisible()) await door.click();
}

/** Waits at the door until the chair opens it. */
export async function atTheDoor(page) {
  await page.getByRole("heading", { name: "The chair will be with you soon" }).waitFor();
}
