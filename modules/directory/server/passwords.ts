import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'

/** OWASP's first choice for argon2id; about 50 ms on one modest core. Node 24 has it built in. */
const cost = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 }

/** `$argon2id$v=19$m=19456,t=2,p=1$salt$tag`: carries its cost, so raising the cost later leaves old hashes readable. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16)
  const tag = await derive(password, nonce, cost)
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${nonce.toString('base64')}$${tag.toString('base64')}`
}

export async function passwordFits(password: string, stored: string): Promise<boolean> {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(stored)
  if (!match) return false
  const expected = Buffer.from(match[5] ?? '', 'base64')
  const tag = await derive(password, Buffer.from(match[4] ?? '', 'base64'), {
    memory: Number(match[1]), passes: Number(match[2]), parallelism: Number(match[3]), tagLength: expected.length,
  })
  return timingSafeEqual(tag, expected)
}

/** Of no password: checked when the account does not exist, so that the time tells nothing. */
export const hashOfNobody = `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${Buffer.alloc(16).toString('base64')}$${Buffer.alloc(32).toString('base64')}`

function derive(password: string, nonce: Buffer, parameters: typeof cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    argon2('argon2id', { message: password.normalize('NFKC'), nonce, ...parameters }, (error, tag) => (error ? reject(error) : resolve(tag)))
  })
}
