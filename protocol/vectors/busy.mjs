// Draws the sessions "a busy half hour" of honest.json anew: some people at once in one board, each with yjs, now and
// then without a network. Letters stay whole, as in every editor that knows letters; one that does not is a session of
// its own.
// node protocol/vectors/busy.mjs DIRECTORY WITH node_modules/yjs
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'

const Y = createRequire(resolve(process.argv[2] ?? '.', 'package.json'))('yjs')
const FILE = new URL('honest.json', import.meta.url)
const SESSIONS = 12
const WORDS = ['x\ny', 'bc', 'Ängere Worte', '👋', 'a👋b', ' and ']
const hex = (bytes) => Buffer.from(bytes).toString('hex')

/** mulberry32 */
function dice(seed) {
  let state = seed >>> 0
  const roll = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return { one: (n) => Math.floor(roll() * n), often: (share) => roll() < share, of: (list) => list[Math.floor(roll() * list.length)] }
}

/** Places between letters, in UTF-16 units. */
const places = (text) => [...text.toString()].reduce((all, letter) => [...all, all.at(-1) + letter.length], [0])

function act(person, draw) {
  const notes = person.doc.getMap('notes')
  const keys = [...notes.keys()]
  if (keys.length === 0 || draw.often(0.12)) {
    return person.doc.transact(() => {
      const note = new Y.Map()
      const id = `0${Array.from({ length: 7 }, () => draw.of([...'0123456789abcdefghjkmnpqrstvwxyz'])).join('')}`
      notes.set(id, note)
      for (const [key, value] of [['section', 'worried'], ['order', `a0${id}`], ['children', ['k1', 'k2']]]) note.set(key, value)
      note.set('text', new Y.Text())
    }, person)
  }
  const key = draw.of(keys)
  const note = notes.get(key)
  const text = note.get('text')
  const at = places(text)
  const kind = draw.one(20)
  if (kind === 0) return person.doc.transact(() => notes.delete(key), person)
  if (kind === 1) return person.doc.transact(() => note.set('label', draw.of(['c1', 'c2'])), person)
  if (kind === 2) return person.doc.transact(() => note.set('struck', draw.often(0.5)), person)
  if (kind === 3) return person.undo.undo()
  if (kind === 4) return person.undo.redo()
  if (kind < 10 && at.length > 1) {
    const first = draw.one(at.length - 1)
    const last = Math.min(at.length - 1, first + 1 + draw.one(3))
    return person.doc.transact(() => text.delete(at[first], at[last] - at[first]), person)
  }
  return person.doc.transact(() => text.insert(draw.of(at), draw.of(WORDS)), person)
}

function session(seed) {
  const draw = dice(seed)
  const server = new Y.Doc()
  const steps = []
  const people = Array.from({ length: 3 + draw.one(3) }, (_, n) => {
    const doc = new Y.Doc()
    doc.clientID = 131 + 3 * n
    const person = { doc, away: false, undo: new Y.UndoManager(doc.getMap('notes'), { trackedOrigins: new Set(), captureTimeout: 0 }) }
    person.undo.trackedOrigins.add(person)
    person.undo.trackedOrigins.add(person.undo)
    doc.on('update', (update, from) => from !== 'server' && !person.away && give(person, 'update', update))
    return person
  })

  function give(person, kind, update) {
    const { structs, ds } = Y.decodeUpdate(update)
    const before = Y.encodeStateVector(server)
    const deleted = JSON.stringify([...Y.snapshot(server).ds.clients])
    const blocks = new Map()
    for (const { id, length } of structs) {
      const [start, end] = blocks.get(id.client) ?? [id.clock, id.clock]
      blocks.set(id.client, [Math.min(start, id.clock), Math.max(end, id.clock + length)])
    }
    Y.applyUpdate(server, update)
    const news = hex(before) !== hex(Y.encodeStateVector(server)) || deleted !== JSON.stringify([...Y.snapshot(server).ds.clients])
    const byNumbers = (one, other) => one[0] - other[0] || one[1] - other[1]
    steps.push({
      kind,
      from: person.doc.clientID,
      hex: hex(update),
      blocks: [...blocks].map(([client, [start, end]]) => [client, start, end]).sort(byNumbers),
      deletes: [...ds.clients].flatMap(([client, ranges]) => ranges.map(({ clock, len }) => [client, clock, clock + len])).sort(byNumbers),
      news,
    })
    for (const other of people) if (other !== person && !other.away) Y.applyUpdate(other.doc, update, 'server')
  }

  function comesBack(person) {
    person.away = false
    Y.applyUpdate(person.doc, Y.encodeStateAsUpdate(server, Y.encodeStateVector(person.doc)), 'server')
    give(person, 'step 2', Y.encodeStateAsUpdate(person.doc, Y.encodeStateVector(server)))
  }

  for (let turn = 0; turn < 60; turn++) {
    const person = draw.of(people)
    if (person.away && draw.often(0.3)) comesBack(person)
    else if (!person.away && draw.often(0.15)) person.away = true
    act(person, draw)
  }
  for (const person of people.filter(({ away }) => away)) comesBack(person)
  const read = (doc) => JSON.stringify([...doc.getMap('notes')].map(([key, note]) => [key, Object.entries(note.toJSON()).sort()]).sort())
  if (people.some(({ doc }) => read(doc) !== read(server))) throw new Error(`seed ${seed}: the copies differ`)
  return {
    name: `a busy half hour, seed ${seed}`,
    document: 'board',
    steps,
    clocks: [...Y.decodeStateVector(Y.encodeStateVector(server))].sort((one, other) => one[0] - other[0]),
    vector: hex(Y.encodeStateVector(server)),
    state: hex(Y.encodeStateAsUpdate(server)),
  }
}

const { about, sessions } = JSON.parse(readFileSync(FILE, 'utf8'))
const kept = sessions.filter(({ name }) => !name.startsWith('a busy half hour'))
const all = [...kept, ...Array.from({ length: SESSIONS }, (_, seed) => session(seed))]
writeFileSync(FILE, `{"about":${JSON.stringify(about)},"sessions":[\n${all.map((one) => JSON.stringify(one)).join(',\n')}\n]}\n`)
