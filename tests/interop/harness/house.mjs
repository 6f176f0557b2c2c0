/** A service with one conference, and the clients that a test starts; all end with the test. */

import { Service } from "../../browser/harness/service.mjs";
import { Client } from "./client.mjs";
import { Conference } from "./conference.mjs";

export class House {
  static async open(test, roles) {
    const house = new House();
    house.clients = [];
    house.service = await Service.start([]);
    test.after(() => house.#end());
    house.conference = await Conference.open(house.service, roles);
    house.chair = await house.conference.enter("chair");
    house.board = house.conference.name("board.all");
    return house;
  }

  /** A client of this kind for somebody's session. */
  client(kind, session) {
    const client = new Client(kind, session);
    this.clients.push(client);
    return client;
  }

  /** Somebody of this role with a client of this kind and the board open. */
  async writer(kind, role, { pen = true, ...how } = {}) {
    const session = role === "chair" ? this.chair : await this.conference.bring(role, this.chair, { pen });
    return this.client(kind, session).open(this.board, how);
  }

  async #end() {
    for (const client of this.clients) client.end();
    await this.service.end();
  }
}
