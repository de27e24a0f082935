// The types of everything. What was checked and has not changed is remembered, so that a second run takes a second.

import { join, resolve } from 'node:path'

const top = resolve(import.meta.dirname, '..')

export const typesOfAll = {
  command: process.execPath,
  args: [
    join(top, 'node_modules/typescript/bin/tsc'),
    '-p',
    'tsconfig.json',
    '--incremental',
    '--tsBuildInfoFile',
    join(top, '.cache/types.tsbuildinfo'),
  ],
} as const
