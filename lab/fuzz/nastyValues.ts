/** A number generator that repeats from its seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = a
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function pick<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!
}

/** What breaks decoders, databases and encoders. */
export const nastyTexts = [
  '', ' ', 'a', '乌什县', '\0', 'a\0b', '\ud800', '\ufeff', '‮', '../../etc/passwd', '..%2f..%2f', '%', '%zz', "' or 1=1 --", '"; drop table person; --', '<script>alert(1)</script>',
  '__proto__', 'constructor', 'toString', 'null', 'undefined', 'NaN', '-1', '1e999', '9'.repeat(40), 'x'.repeat(5_000), '\r\nSet-Cookie: a=b', '${7*7}', '{{7*7}}', '65/6529', '65', '65/@x', 'report/1.x', 'a'.repeat(64), '0'.repeat(64),
  'fengsui1.e30', 'fengsui1.', '11C02', 'I', '\u0001', '🚒', 'é', 'e\u0301', 'ｆｕｌｌ', '1'.repeat(300),
] as const

export const nastyValues: readonly unknown[] = [
  null, true, false, 0, -0, -1, 1, 0.1, 1e21, 1e308, -1e308, 2 ** 53, -(2 ** 53), 2 ** 31, 2 ** 63, 5e-324, [], {}, [[]], [null], [{}], { a: { b: { c: [] } } },
  Array.from({ length: 300 }, () => 0), { then: 1 }, { toJSON: 1 }, { length: -1 }, { valueOf: null }, ...nastyTexts,
]

/** JSON texts that are wrong below the level of values. */
export const nastyBodies: readonly (string | Buffer)[] = [
  '', '{', '}', '[', 'null', '1', '"', '{"a":1,}', '{"a":1}{"b":2}', '{"__proto__":{"admin":true}}', '{"constructor":{"prototype":{"a":1}}}', '\ufeff{}', '{"a":1e999}', '{"a":-1e999}', '{"a":"\\ud800"}', '{"a":"\\u0000"}',
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`, `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`, Buffer.from([0xff, 0xfe, 0x00]), Buffer.from([0xc0, 0x80]), Buffer.alloc(2_000, 0), `{"a":"${'x'.repeat(900_000)}"}`, 'a=b&c=d', '<xml/>',
]
