// Usage: node reduce.mjs index.json
import { readFileSync, writeFileSync } from 'node:fs'

const kinds = [
  ['pull_request', 'opened'], ['pull_request', 'synchronize'], ['pull_request', 'reopened'],
  ['pull_request', 'ready_for_review'], ['pull_request', 'closed'],
  ['pull_request_review', 'submitted'], ['pull_request_review', 'dismissed'],
  ['merge_group', 'checks_requested'], ['workflow_run', 'completed'],
  ['workflow_dispatch'], ['push'],
]
const dull = /_url$|^(url|_links|body|node_id|permissions|steps|commits|head_commit|pusher|description)$/

const events = JSON.parse(readFileSync(process.argv[2]))
for (const [name, action] of kinds) {
  const examples = events.find((e) => e.name === name).examples
  const payload = examples.find((e) => e.action === action)
  const text = JSON.stringify(payload, (key, value) => (dull.test(key) ? undefined : value), 1)
  writeFileSync([name, action, 'json'].filter(Boolean).join('.'), text + '\n')
}
