// `node hocuspocus.mjs <port> [folder]`: Hocuspocus in memory; with a folder, kept by its SQLite extension.
import { join } from 'node:path'
import { Server } from '@hocuspocus/server'

const [port, folder] = process.argv.slice(2)
const extensions = []
if (folder) {
  const { SQLite } = await import('@hocuspocus/extension-sqlite')
  extensions.push(new SQLite({ database: join(folder, 'documents.sqlite') }))
}
const server = new Server({ address: '127.0.0.1', port: Number(port), quiet: true, extensions })
await server.listen()
