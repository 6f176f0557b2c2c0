/** What somebody offers and asks while there is no network: it reaches the chair once, when there is one. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Attendee } from "./harness/attendee.mjs";
import { launch, person } from "./harness/browser.mjs";
import { Desk } from "./harness/desk.mjs";
import { Network } from "./harness/network.mjs";
import { atTheDoor, comeIn, practice } from "./harness/practice.mjs";
import { Service } from "./harness/service.mjs";
import { story } from "./harness/story.mjs";
import { until } from "./harness/until.mjs";

const exact = true;
const LOST = "Out of touch. What you see may be old; it catches up by itself.";
const ON_ITS_WAY = "On its way. It goes to the chair once, as soon as there is a network.";

let service, browser, ofEwa, link;
const here = {};

before(async () => {
  service = await Service.start();
  link = await practice(service, "filled sheets");
  browser = await launch();
  ofEwa = await Network.start({ seed: 21 });
});

after(async () => {
  await browser?.close();
  await ofEwa?.end();
  await service?.end();
});

test("offers and raised hands without a network", async (t) => {
  const step = story(t, () => here);
  let desk, ewa, form;

  const offered = (words) => desk.offers().getByRole("listitem").filter({ hasText: words });
  const words = () => form.getByRole("textbox", { name: "Offer a note to the chair" });
  const offerIt = () => form.getByRole("button", { name: "Offer it" });
  const isWith = (chair) => ewa.page.locator(".my-offers").getByRole("listitem").filter({ hasText: chair });

  await step("setup_outbox the chair and a mother at a laptop", async () => {
    here.desk = await person(browser, { origin: service.origin, screen: { width: 1440, height: 900 } });
    desk = new Desk(here.desk.page);
    await comeIn(desk.page, await link("Ruth Amankwah"));
    here.ewa = await person(browser, { origin: service.origin, network: ofEwa });
    ewa = new Attendee(here.ewa.page);
    await comeIn(ewa.page, await link("Ewa Nowicka"));
    await atTheDoor(ewa.page);
    await desk.letIn("Ewa Nowicka");
    await ewa.page.getByText("You are following the chair").waitFor();
    await desk.phase("Mapping");
    form = ewa.page.getByRole("complementary");
    await words().waitFor();
  });

  await step("promise7_f38 what is offered and asked while cut off is sent once when the network is back", async () => {
    ofEwa.cut();
    await ewa.page.getByText(LOST).waitFor();
    await ewa.ask("I want to speak").click();
    await ewa.page.getByText("On its way to the chair…").waitFor();
    await words().fill("She sleeps at her aunt’s on Fridays.");
    // Who sees nothing happen presses again.
    for (let press = 0; press < 3; press++) await offerIt().click();
    await form.getByText(ON_ITS_WAY).waitFor();
    await words().pressSequentially(" And on Saturdays.");
    assert.equal(await offered("aunt’s").count(), 0);
    assert.equal(await desk.asks().getByText("would like to speak").count(), 0);
    ofEwa.mend();
    await offered("She sleeps at her aunt’s on Fridays.").waitFor();
    await desk.asks().getByText("would like to speak").waitFor();
    await ewa.page.getByText("The chair knows that you want to speak.").waitFor();
    await form.getByText("Your note is with the chair.").waitFor();
    assert.equal(await words().inputValue(), "She sleeps at her aunt’s on Fridays. And on Saturdays.", "what was typed since is still there");
    await ewa.page.getByText(LOST).waitFor({ state: "hidden" });
    await isWith("She sleeps at her aunt’s on Fridays.").first().waitFor();
  });

  await step("http1_f38 an offer whose answer was lost is sent again and stands once", async () => {
    let carriedOut = 0;
    await ewa.page.route("**/commands", async (route) => {
      const response = await route.fetch();
      carriedOut += 1;
      await (carriedOut <= 2 ? route.abort("connectionreset") : route.fulfill({ response }));
    });
    await words().fill("The lock on the back door is broken.");
    await offerIt().click();
    await form.getByText("Your note is with the chair.").waitFor();
    assert.equal(carriedOut, 3);
    await ewa.page.unroute("**/commands");
    await offered("back door").waitFor();
  });

  await step("promise7_f38 the chair has each of them once, and so has the mother", async () => {
    // A later note goes behind all that was sent before it: what it would bring twice would be here by now.
    await words().fill("The last one.");
    await offerIt().click();
    await offered("The last one.").waitFor();
    await isWith("The last one.").first().waitFor();
    for (const one of ["aunt’s", "back door", "The last one."]) {
      assert.equal(await offered(one).count(), 1, one);
      assert.equal(await isWith(one).count(), 1, one);
    }
    assert.equal(await desk.asks().getByText("would like to speak").count(), 1);
    await ewa.ask("I want to speak").click();
    await until("the hand is down", async () => (await desk.asks().getByText("would like to speak").count()) === 0);
    for (const one of Object.values(here)) assert.deepEqual(one.faults, []);
  });
});
