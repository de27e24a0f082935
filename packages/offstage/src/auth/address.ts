import { isIPv6 } from 'node:net'

/** Who counts as one client: an IPv4 address, or the /64 of an IPv6 address, which is what one household is given. */
export function addressBlock(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)
  if (mapped) return mapped[1]!
  const [address = ''] = ip.split('%')
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.split('::')
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const before = groups(head)
  const gap = tail === undefined ? 0 : 8 - before.length - groups(tail).length - (tail.includes('.') ? 1 : 0)
  const all = [...before, ...Array<string>(Math.max(gap, 0)).fill('0'), ...groups(tail ?? '')]
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
