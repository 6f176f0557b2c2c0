// Applies to yjs what the mutation driver recorded (FUZZ_RECORD) and compares with the server's document.
// node protocol/fuzz/against-yjs.mjs FILE [DIRECTORY WITH node_modules/yjs]
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const [file, directory = '.'] = process.argv.slice(2)
const Y = createRequire(resolve(directory, 'package.json'))('yjs')
const bytes = (hex) => new Uint8Array(Buffer.from(hex, 'hex'))
// The order of letters is the writer's own affair where they name neighbours that never stood side by side (SPEC SCAN14).
const sorted = (value) =>
  value && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]))
    : Array.isArray(value) ? value.map(sorted) : typeof value === 'string' ? [...value].sort().join('') : value
// What JSON has no word for is nothing: a number that is none comes as null in what the driver wrote.
const isNone = (value) => value === null || (typeof value === 'number' && !Number.isFinite(value))
const plain = (roots) => JSON.stringify(roots.map(sorted), (_, value) => isNone(value) ? undefined : value)
const words = (doc) => plain(['notes', 'rows', 'fields'].map((root) => doc.getMap(root).toJSON()))
const clocks = (doc) => JSON.stringify([...Y.decodeStateVector(Y.encodeStateVector(doc))].sort((a, b) => a[0] - b[0]))

let runs = 0
const faults = new Map()
for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
  const run = JSON.parse(line)
  const doc = new Y.Doc()
  const fault = (() => {
    for (const [n, update] of run.updates.entries()) {
      try { Y.applyUpdate(doc, bytes(update)) } catch (error) { return `update ${n} throws ${error.message}: ${run.updates.slice(0, n + 1).join(' ')}` }
      if (doc.store.pendingStructs || doc.store.pendingDs) return `update ${n} stays pending: ${run.updates.slice(0, n + 1).join(' ')}`
    }
    if (clocks(doc) !== JSON.stringify(run.clocks)) return `other clocks ${clocks(doc)} ${JSON.stringify(run.clocks)}`
    if (words(doc) !== plain(run.values)) return `yrs reads other words\n${words(doc)}\n${plain(run.values)}\n${run.updates.join(' ')}`
    const server = new Y.Doc()
    Y.applyUpdate(server, bytes(run.state))
    if (words(doc) !== words(server)) return `other words\n${words(doc)}\n${words(server)}\n${run.updates.join(' ')}`
  })()
  runs += 1
  if (fault) faults.set(fault.replace(/[:\d].*/s, ''), [...(faults.get(fault.replace(/[:\d].*/s, '')) ?? []), fault])
}
for (const [kind, found] of faults) console.log(`${found.length} × ${kind}\n${found.sort((a, b) => a.length - b.length)[0]}`)
console.log(`${runs} documents, ${[...faults.values()].flat().length} with faults`)
process.exit(faults.size ? 1 : 0)
