/** A disk that is full on order: a library between the service and the system, built from `tests/disk.c`. */

import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const SOURCE = fileURLToPath(new URL("../../disk.c", import.meta.url));

export class Disk {
  /** Built by the C compiler that builds the service's database. */
  static async build() {
    const disk = new Disk();
    disk.folder = await mkdtemp(path.join(tmpdir(), "flipchart-disk-"));
    disk.order = path.join(disk.folder, "order");
    const library = path.join(disk.folder, "disk.so");
    execFileSync("cc", ["-shared", "-fPIC", "-O1", "-o", library, SOURCE]);
    disk.environment = { LD_PRELOAD: library, DISK_FAILS: disk.order };
    return disk;
  }

  /** Takes nothing any more. */
  fill() {
    return writeFile(this.order, "full all flipchart.");
  }

  /** Has room again. */
  clear() {
    return rm(this.order, { force: true });
  }

  async end() {
    await rm(this.folder, { recursive: true, force: true });
  }
}
