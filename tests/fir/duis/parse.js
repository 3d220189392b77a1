// Reads requests with the DCC's own parser: an array of documents comes in, what it read goes out.
const { parseDuis, isSimplifiedDuisOutputRequest } = require('@smartdcc/duis-parser')

const documents = JSON.parse(require('node:fs').readFileSync(0, 'utf8'))
const read = documents.map((document) => {
  const found = parseDuis('simplified', document)
  return { ...found, isRequest: isSimplifiedDuisOutputRequest(found) }
})
const plain = (_, value) => (typeof value === 'bigint' ? Number(value) : value)
process.stdout.write(JSON.stringify(read, plain))
