// Drives GitHub's own artifact client for the contract tests. It takes the
// runner's variables from the environment and writes what it saw, by artifact
// name, as JSON to the file $RESULT (its log goes to standard output).
//   read   list, get and download every artifact, checking its digest
//   write  upload a small artifact, a big one in several blocks, and the small
//          one again
import {createHash, randomBytes} from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import {DefaultArtifactClient} from '@actions/artifact'

const client = new DefaultArtifactClient()
const result = {}

const digests = root =>
  Object.fromEntries(
    fs
      .readdirSync(root, {recursive: true, withFileTypes: true})
      .filter(entry => entry.isFile())
      .map(entry => path.join(entry.parentPath ?? entry.path, entry.name))
      .map(file => [path.relative(root, file), createHash('sha256').update(fs.readFileSync(file)).digest('hex')])
  )

async function read() {
  const {artifacts} = await client.listArtifacts()
  for (const listed of artifacts) {
    const {artifact} = await client.getArtifact(listed.name)
    const to = path.resolve('down', listed.name)
    const {digestMismatch} = await client.downloadArtifact(artifact.id, {path: to, expectedHash: artifact.digest})
    result[listed.name] = {
      id: artifact.id, name: artifact.name, size: artifact.size, digest: artifact.digest,
      mismatch: digestMismatch, files: digests(to)
    }
  }
}

async function write() {
  const upload = async (label, name, files) => {
    const root = path.resolve('up', label)
    for (const [file, data] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(root, file)), {recursive: true})
      fs.writeFileSync(path.join(root, file), data)
    }
    try {
      const paths = Object.keys(files).map(file => path.join(root, file))
      const {id, size, digest} = await client.uploadArtifact(name, paths, root, {retentionDays: 10})
      result[label] = {id, name, size, digest, files: digests(root)}
    } catch (error) {
      result[label] = {name, error: error.message}
    }
  }
  await upload('small', 'small', {'evidence.json': '{"n":1}', 'dir/b.txt': 'hello\n'})
  await upload('big', 'big', {'big.bin': randomBytes(20 << 20)})
  await upload('again', 'small', {'evidence.json': '{"n":2}'})
}

const commands = {read, write}
await commands[process.argv[2]]()
fs.writeFileSync(process.env.RESULT, JSON.stringify(result))
