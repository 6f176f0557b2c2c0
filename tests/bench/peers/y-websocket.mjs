// `node y-websocket.mjs <port> [folder]`: the server of y-websocket as its package starts it; with a folder, kept in
// LevelDB as the package did it until 2.x.
import http from 'node:http'
import { setPersistence, setupWSConnection } from '@y/websocket-server/utils'
import WebSocket from 'ws'
import * as Y from 'yjs'

const [port, folder] = process.argv.slice(2)

if (folder) {
  const { LeveldbPersistence } = await import('y-leveldb')
  const kept = new LeveldbPersistence(folder)
  setPersistence({
    provider: kept,
    bindState: async (name, doc) => {
      const before = await kept.getYDoc(name)
      const fresh = Y.encodeStateAsUpdate(doc)
      kept.storeUpdate(name, fresh)
      Y.applyUpdate(doc, Y.encodeStateAsUpdate(before))
      doc.on('update', update => kept.storeUpdate(name, update))
    },
    writeState: async () => {},
  })
}

const sockets = new WebSocket.Server({ noServer: true })
sockets.on('connection', setupWSConnection)
const server = http.createServer((_request, response) => response.end('okay'))
server.on('upgrade', (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, opened => sockets.emit('connection', opened, request))
})
server.listen(Number(port), '127.0.0.1')
